/** Histories at random: mostly ordinary, with a taste for the moments when something is due. */
import * as FastCheck from "effect/FastCheck"
import type {
  Accounts,
  Close,
  Frame,
  HandshakeAnswer,
  History,
  Knobs,
  Op,
  Plan,
  TicketAnswer,
  Weather,
  Which
} from "./history.ts"
import { ticketAnswers } from "./history.ts"

const { constant, constantFrom, integer, oneof, option, record } = FastCheck

const weighted = <A>(...choices: ReadonlyArray<readonly [number, FastCheck.Arbitrary<A>]>): FastCheck.Arbitrary<A> =>
  oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })))

/** Milliseconds until an answer comes, or never. */
const delay = (slowest: number, fastest: number = 0): FastCheck.Arbitrary<number | undefined> =>
  weighted<number | undefined>(
    [6, constant(fastest)],
    [3, integer({ min: 1, max: slowest })],
    [1, constant(undefined)]
  )

const pause: FastCheck.Arbitrary<number> = weighted(
  [60, constant(0)],
  [60, integer({ min: 1, max: 1_500 })],
  [60, integer({ min: 1_500, max: 16_000 })],
  [40, constantFrom(1_999, 2_001, 14_999, 15_001, 19_999, 20_001, 29_999, 30_000, 30_001)],
  [25, integer({ min: 20_000, max: 75_000 })]
)

const plan: FastCheck.Arbitrary<Plan> = record({
  ms: weighted<number | undefined>(
    [4, constant(0)],
    [5, integer({ min: 1, max: 4_000 })],
    [1, integer({ min: 4_000, max: 60_000 })],
    [1, constant(undefined)]
  ),
  outcome: constantFrom("ok", "ok", "ok", "fail", "die", "interrupt")
})

const message: FastCheck.Arbitrary<Frame> = record({
  _tag: constant("Message"),
  id: integer({ min: 0, max: 8 }),
  conversation: integer({ min: 0, max: 2 }),
  plan,
  kind: constantFrom("plain", "plain", "plain", "plain", "plain", "delegated", "self", "empty", "unreadable")
})

const readable = constantFrom(true, true, true, false)

const frame: FastCheck.Arbitrary<Frame> = weighted<Frame>(
  [8, message],
  [2, record({ _tag: constant("Event"), id: integer({ min: 0, max: 4 }), plan })],
  [2, record({ _tag: constant("Card"), plan, readable })],
  [1, constant({ _tag: "Stranger" })],
  [
    2,
    record({
      _tag: constant("System"),
      topic: constantFrom<Topic>("ping", "disconnect", "disconnect", "KEEPALIVE", "dance")
    })
  ],
  [1, record({ _tag: constant("Junk"), text: constantFrom(undefined, "{", "[]", "{\"type\":\"EVENT\"}") })]
)

const frames = FastCheck.array(frame, { minLength: 1, maxLength: 5, size: "max" })

type Topic = Extract<Frame, { readonly _tag: "System" }>["topic"]

const notice: ReadonlyArray<Frame> = [{ _tag: "System", topic: "disconnect" }]

/** A gateway that would have its client go round and round: a message, and the notice. */
const spinning: FastCheck.Arbitrary<ReadonlyArray<Frame>> = message.map((it) => [it, ...notice])

const close: FastCheck.Arbitrary<Close> = weighted<Close>(
  [3, record({ code: constantFrom(1000, 1001, 1005, 1006, 1008, 1011, 1012, 4000), by: constant("server") })],
  [1, constant({ code: 1006, by: "network" })],
  [1, constant({ code: 1002, by: "protocol" })]
)

const isTicketAnswer = (name: string): name is TicketAnswer => name in ticketAnswers

/** Those that alone mean what they mean come up more often. */
const ticketAnswer: FastCheck.Arbitrary<TicketAnswer> = weighted<TicketAnswer>(
  [6, constant("ticket")],
  [2, constantFrom(...Object.keys(ticketAnswers).filter(isTicketAnswer))],
  [1, constantFrom("unavailable", "quota", "ipBanned", "uncoded400", "requestTimeout")]
)

const pong: FastCheck.Arbitrary<number | undefined> = weighted<number | undefined>(
  [3, constant(0)],
  [3, integer({ min: 1, max: 30_000 })],
  [2, constant(undefined)]
)

const handshakeAnswer: FastCheck.Arbitrary<HandshakeAnswer> = weighted<HandshakeAnswer>(
  [6, constant("accept")],
  [4, constantFrom("refuse", "reset")],
  [2, constantFrom("defect", "cutOff")]
)

const weather: FastCheck.Arbitrary<Partial<Weather>> = weighted<Partial<Weather>>(
  [2, record({ ticket: record({ answer: ticketAnswer, afterMs: delay(11_000, 1) }) })],
  [1, record({ handshake: record({ answer: handshakeAnswer, afterMs: delay(11_000) }) })],
  [
    1,
    record({
      greeting: weighted<Weather["greeting"]>(
        [2, constant([])],
        [2, frames],
        [1, constant(notice)],
        [1, spinning],
        [4, close]
      ),
      greetAfterMs: weighted([4, constant(0)], [2, integer({ min: 1, max: 3_000 })], [
        1,
        integer({ min: 1, max: 31_000 })
      ])
    })
  ],
  [1, record({ farewellMs: delay(7_000) })],
  [1, record({ pongMs: pong })]
)

/** Long enough that what was handled is forgotten; to play such a time awake would cost a hundred connections. */
const night = 1_200_001

const account = weighted<"a" | "b">([4, constant("a")], [1, constant("b")])

const on: FastCheck.Arbitrary<Which> = record({
  account,
  nth: weighted([3, constant(0)], [1, integer({ min: 0, max: 2 })])
})

const knobs: FastCheck.Arbitrary<Knobs> = record({
  secret: integer({ min: 1, max: 3 }),
  workers: integer({ min: 1, max: 3 }),
  queue: integer({ min: 3, max: 5 }),
  overflow: constantFrom("dropNewest", "dropOldest"),
  ordering: constantFrom("unordered", "conversation"),
  handlerTimeoutMs: option(constantFrom(701, 2_503), { nil: undefined, freq: 1 }),
  drainTimeoutMs: constantFrom(0, 300, 1_500, 8_000),
  events: constantFrom(true, true, true, false),
  stallCoolDownMs: option(constantFrom(30_001, 90_001), { nil: undefined, freq: 1 })
})

/** Which accounts there are, each with the one or the other of a history's two settings: so a reload may change nothing. */
interface Choice {
  readonly a?: 0 | 1
  readonly b?: 0 | 1
}

const one = constantFrom<0 | 1>(0, 1)

const choice: FastCheck.Arbitrary<Choice> = weighted<Choice>(
  [3, record({ a: one })],
  [2, record({ a: one, b: one })],
  [1, record({ b: one })]
)

type Drawn = Exclude<Op, { readonly _tag: "Reload" }> | { readonly _tag: "Reload"; readonly choice: Choice }

const op: FastCheck.Arbitrary<Drawn> = weighted<Drawn>(
  [5, record({ _tag: constant("Weather"), change: weather })],
  [8, record({ _tag: constant("Frames"), on, frames })],
  [2, record({ _tag: constant("Frames"), on, frames: constant(notice) })],
  [4, record({ _tag: constant("Close"), on, close })],
  [2, record({ _tag: constant("Pongs"), on, ms: pong })],
  [2, record({ _tag: constant("Jump"), ms: constantFrom(-86_400_000, -3_600_000, 1_000, 7_201_000, 90_000_000) })],
  [1, record({ _tag: constant("Suspend"), ms: weighted([4, integer({ min: 1, max: 90_000 })], [1, constant(night)]) })],
  [2, record({ _tag: constantFrom("Start", "Stop", "Restart"), account })],
  [3, record({ _tag: constant("Reload"), choice })]
)

/** A history of at most `longest` steps. */
export const history = (longest: number): FastCheck.Arbitrary<History> =>
  record({
    settings: FastCheck.tuple(knobs, knobs),
    accounts: weighted<Choice>([3, constant({ a: 0 })], [1, constant({ a: 0, b: 1 })]),
    jitter: constantFrom(0, 0.25, 0.5, 0.75, 1),
    steps: FastCheck.array(record({ after: pause, op }), { maxLength: longest, size: "max" })
  }).map(({ accounts, jitter, settings, steps }): History => {
    const chosen = ({ a, b }: Choice): Accounts => ({
      ...(a === undefined ? {} : { a: settings[a] }),
      ...(b === undefined ? {} : { b: settings[b] })
    })
    return {
      accounts: chosen(accounts),
      jitter,
      steps: steps.map(({ after, op }) => ({
        after,
        op: op._tag === "Reload" ? { _tag: "Reload", accounts: chosen(op.choice) } : op
      }))
    }
  })
