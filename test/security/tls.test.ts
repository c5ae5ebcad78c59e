/** A server with a certificate that nobody vouches for must not hear a word. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { scaled } from "../../chaos/faults/timing.ts"
import { impostor } from "../../chaos/support/tls/tls.ts"
import type { Channel } from "../../src/DingTalkChannel.ts"
import type { DingTalkError } from "../../src/DingTalkError.ts"
import { StreamTiming } from "../../src/stream/StreamTiming.ts"
import { FakeDingTalk } from "../../src/testing/index.ts"
import * as Robot from "../utils/robot.ts"
import { settle } from "../utils/settle.ts"

/** The account's first failure. */
const firstError = (channel: Channel): Effect.Effect<DingTalkError | undefined> =>
  channel.statusChanges.pipe(
    Stream.filterMap((statuses) => {
      const status = statuses.get("default")
      return status?._tag === "BackingOff" ? Option.some(status.error) : Option.none()
    }),
    Stream.runHead,
    Effect.map(Option.getOrUndefined)
  )

const refusals = Effect.gen(function*() {
  const stranger = yield* impostor
  const fake = yield* FakeDingTalk.make()

  const toApi = yield* Robot.start({ ...fake.config, apiBaseUrl: `https://127.0.0.1:${stranger.port}` }, Robot.echo)
  const ofApi = yield* firstError(toApi.channel)

  const endpoint = `wss://127.0.0.1:${stranger.port}/connect`
  yield* fake.answerOpen([{ status: 200, body: { endpoint, ticket: "tick3t" } }])
  const toSocket = yield* Robot.start(fake.config, Robot.echo)
  const ofSocket = yield* firstError(toSocket.channel)

  return { ofApi, ofSocket, sender: toApi.sender, stranger }
}).pipe(
  // Nothing is tried twice meanwhile.
  Effect.provideService(StreamTiming, { ...scaled(1), openTimeoutMs: 5_000 }),
  Effect.provide(Logger.remove(Logger.defaultLogger))
)

const areRefused = Effect.gen(function*() {
  const { ofApi, ofSocket, sender, stranger } = yield* refusals
  assert.deepInclude({ ...ofApi }, { _tag: "Transient", reason: "network" })
  assert.deepInclude({ ...ofSocket }, { _tag: "Transient", reason: "network", detail: "DEPTH_ZERO_SELF_SIGNED_CERT" })
  // Sending would try again after a second: whether it was refused is seen before.
  const sending = yield* Effect.fork(sender.send({ to: "user:lisi", text: "hi" }))
  const before = stranger.refused()
  while (stranger.refused() === before) yield* settle
  yield* Fiber.interrupt(sending)
  assert.strictEqual(stranger.heard(), "")
})

/** Sets a variable of the environment for the scope. */
const withVariable = (name: string, value: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const before = process.env[name]
      process.env[name] = value
      return before
    }),
    (before) =>
      Effect.sync(() => {
        if (before === undefined) delete process.env[name]
        else process.env[name] = before
      })
  )

describe("a self-signed certificate", () => {
  it.scopedLive("is refused by the API client and by the socket: a passing network failure, without a secret or a ticket sent", () =>
    areRefused)

  it.scopedLive("is refused even where the environment tells Node to verify nothing", () =>
    Effect.zipRight(withVariable("NODE_TLS_REJECT_UNAUTHORIZED", "0"), areRefused))
})
