/** Everything that goes wrong between a robot and DingTalk, by name. */
import * as Effect from "effect/Effect"
import type { StreamTimingValues } from "../../src/stream/StreamTiming.ts"
import { Script } from "../../src/testing/index.ts"
import type { Manner } from "./pipe.ts"
import { pass } from "./pipe.ts"
import { waitAfter } from "./timing.ts"
import type { World } from "./World.ts"

/** A fault. */
export interface Fault {
  /** Does it, and is over when its cause is: the network is whole again, the server well. */
  readonly run: (world: World) => Effect.Effect<void>
  /** How long nothing may arrive, in milliseconds of the compressed hour, the event loop's own delays not counted. */
  readonly allowedMs: (timing: StreamTimingValues, scale: number) => number
}

const seconds = (n: number, scale: number) => (n * 1_000) / scale

/** The way from one connection to the next: the first wait of the back-off, a ticket, a handshake. */
const reconnect = (timing: StreamTimingValues) => waitAfter(0, timing, false) + 250

/** A half-open connection is found by the third tick behind its end: if it had just spoken, the first asks nothing. */
const detect = (timing: StreamTimingValues) => 3.25 * timing.pingIntervalMs

const abrupt = (run: Fault["run"]): Fault => ({ run, allowedMs: reconnect })

/**
 * A dead network takes the HTTP client's idle connections with it, and the first opening call may be put on one of them.
 * In life they are closed long before, after 4 s, a time that no scale shortens.
 */
const staleTicket = (timing: StreamTimingValues) => timing.openTimeoutMs + waitAfter(timing.backoffMs[0], timing, false)

/** The network for some seconds in another manner. Nothing gets lost, only late. */
const manner = (how: (scale: number) => Manner, forSeconds: number): Fault => ({
  run: ({ injector, scale }) =>
    injector.passing(how(scale)).pipe(
      Effect.zipRight(Effect.sleep(seconds(forSeconds, scale))),
      Effect.zipRight(injector.passing(pass))
    ),
  // Slow enough, a byte at a time, to be taken for dead.
  allowedMs: (timing) => detect(timing) + reconnect(timing) + staleTicket(timing)
})

const outage = (door: "refuse" | "hang", forSeconds: number): Fault => ({
  run: ({ injector, scale }) =>
    injector.door(door).pipe(
      Effect.zipRight(injector.cut("reset")),
      Effect.zipRight(Effect.sleep(seconds(forSeconds, scale))),
      Effect.zipRight(injector.door("open"))
    ),
  allowedMs: (timing, scale) =>
    seconds(forSeconds, scale) + waitAfter(seconds(forSeconds, scale), timing, door === "hang") + 250
})

/** The next openings meet these, and then the connection is cut. */
const openings = (...answers: ReadonlyArray<Script.Opening>): Fault => ({
  run: ({ fake, injector }) => Effect.zipRight(fake.answerOpen(answers), injector.cut("reset")),
  allowedMs: (timing) =>
    // Throttling has a pause of its own, a second, that no scale shortens.
    answers.reduce(
      (sum, _, attempt) => sum + waitAfter(sumOf(timing, attempt), timing, true) + 1_200,
      reconnect(timing)
    )
})

const sumOf = (timing: StreamTimingValues, attempts: number): number =>
  timing.backoffMs.slice(0, attempts).reduce((sum, ms) => sum + ms, 0)

const bytes = (length: number, of: (i: number) => number) => Uint8Array.from({ length }, (_, i) => of(i) & 0xff)

const noise = bytes(4_096, (i) => (i * 2_654_435_761) >>> 7)

export const faults = {
  "cut (FIN)": abrupt(({ injector }) => injector.cut("fin")),
  "reset (RST)": abrupt(({ injector }) => injector.cut("reset")),
  "half-open": {
    run: ({ injector, scale }) =>
      Effect.zipRight(injector.halfOpen(seconds(90, scale)), Effect.sleep(seconds(90, scale))),
    allowedMs: (timing) => detect(timing) + reconnect(timing) + staleTicket(timing)
  },
  "frozen server": {
    run: ({ fake, scale }) =>
      fake.freeze().pipe(Effect.zipRight(Effect.sleep(seconds(90, scale))), Effect.zipRight(fake.thaw())),
    allowedMs: (timing) => detect(timing) + reconnect(timing)
  },
  "no pongs": {
    run: ({ fake, scale }) => Effect.zipRight(fake.stopAnsweringPings(), Effect.sleep(seconds(90, scale))),
    allowedMs: reconnect
  },
  "delay": manner(() => ({ _tag: "Delay", ms: 30 }), 60),
  "trickle": manner(() => ({ _tag: "Trickle" }), 30),
  "split": manner(() => ({ _tag: "Split", bytes: 7 }), 60),
  "merge": manner((scale) => ({ _tag: "Merge", ms: seconds(4, scale) }), 60),
  "garbage to client": abrupt(({ injector }) => injector.garbage("client", noise)),
  "garbage to server": abrupt(({ injector }) => injector.garbage("server", noise)),
  "refused for 2 min": outage("refuse", 120),
  "silent for 2 min": outage("hang", 120),
  "self-signed TLS": {
    run: ({ fake, impostor, injector }) =>
      fake.answerOpen([{
        status: 200,
        body: { endpoint: `wss://127.0.0.1:${impostor.port}/connect`, ticket: "ticket-for-the-impostor" }
      }]).pipe(Effect.zipRight(injector.cut("fin"))),
    allowedMs: (timing) => reconnect(timing) + waitAfter(0, timing, false) * 3
  },
  "notice": { run: ({ fake }) => fake.notice(), allowedMs: () => 400 },
  "notice, then cut": { run: ({ fake }) => fake.notice({ end: "cut", closeAfterMs: 30 }), allowedMs: reconnect },
  "five notices": {
    run: ({ fake, scale }) => Effect.repeatN(Effect.zipRight(fake.notice(), Effect.sleep(seconds(5, scale))), 4),
    allowedMs: reconnect
  },
  "close 1000": abrupt(({ fake }) => fake.closeAll(1000)),
  "close 1011": abrupt(({ fake }) => fake.closeAll(1011, "internal error")),
  "close 1012": abrupt(({ fake }) => fake.closeAll(1012)),
  "close 4000": abrupt(({ fake }) => fake.closeAll(4000, "who knows")),
  "oversized message": abrupt(({ fake }) => fake.raw("x".repeat(9 * 1024 * 1024))),
  "junk frames": {
    run: ({ fake }) =>
      Effect.forEach(["{", "[]", "null", "{\"type\":\"CALLBACK\"}", noise, "\u0000"], (frame) => fake.raw(frame), {
        discard: true
      }),
    allowedMs: () => 250
  },
  "redeliveries": {
    run: ({ fake, handledOfLate }) =>
      Effect.forEach(handledOfLate(), (id) => Effect.ignore(fake.redeliver(id)), { discard: true }),
    allowedMs: () => 250
  },
  "HTML, empty, hang-up": openings(Script.html(502), Script.empty(200), "hangUp"),
  "throttled": openings(Script.refusals.throttled),
  "upgrade refused": openings(Script.refuseUpgrade(401), Script.refuseUpgrade(503)),
  "upgrade unanswered": openings(Script.hangUpgrade),
  "ticket unanswered": openings("hang"),
  "closed at once": openings(Script.acceptThenClose(0, 1011)),
  "restart": {
    run: ({ channel }) => Effect.ignore(channel.restart("default")),
    allowedMs: (timing) => timing.closeTimeoutMs + 400
  }
} satisfies Readonly<Record<string, Fault>>

export type Kind = keyof typeof faults

const all: Readonly<Record<Kind, Fault>> = faults

export const faultOf = (kind: Kind): Fault => all[kind]
