/**
 * DingTalk without sockets, for tests of handlers: what a handler sends is checked and answered as DingTalk would, and
 * can be read back as people see it.
 *
 * The sender is the library's own, so everything that stands on it works: cards, reactions, files in and out, recall,
 * DING, bulk. Only the network is missing. What comes in is made by `TestMessage` and `TestEvent`. For the channel itself
 * (connections, gates, redelivery) see `FakeDingTalk`.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as DingTalkConfig from "../../DingTalkConfig.ts"
import * as DingTalkSender from "../../DingTalkSender.ts"
import type { CallFaults, Done, Speaking } from "../Face.ts"
import { isRecord, isText } from "../internal/json.ts"
import { Settings } from "../internal/settings.ts"
import { Watch } from "../internal/Watch.ts"
import { defaultApp, type Options } from "../Options.ts"
import { plain } from "../people/appearance.ts"
import { Conversations } from "../people/Conversations.ts"
import { Files } from "../people/Files.ts"
import { done } from "../people/seeing.ts"
import { withoutRobot } from "../people/speaking.ts"
import { unreached } from "../people/unreached.ts"
import * as Api from "../routes/Api.ts"
import { Calls } from "../server/Calls.ts"
import { Credentials } from "../server/Credentials.ts"
import { BaseUrl, type Call } from "../server/exchange.ts"
import { callFaults } from "../server/faults.ts"
import { Gate } from "../server/Gate.ts"
import * as MemoryClient from "./memoryClient.ts"
import { baseUrl, sessionOf } from "./session.ts"

/**
 * What was done, and what can go wrong. Times are those of the caller's clock, so a `TestClock` rules here.
 *
 * @since 0.1.0
 * @category tags
 */
export class TestDingTalk extends Context.Tag("effect-dingtalk/testing/TestDingTalk")<
  TestDingTalk,
  Done & CallFaults & Pick<Speaking, "read" | "putFile">
>() {}

/** Sessions of messages that were made elsewhere count, until all are expired. */
const credentials = Layer.project(Credentials.layer, Credentials, Credentials, (own) => {
  let expired = false
  return {
    ...own,
    session: (id) => own.session(id) ?? (expired ? undefined : sessionOf(id)),
    expireSessions: () => {
      expired = true
      own.expireSessions()
    }
  }
})

const services = (options: Options) =>
  Calls.layer.pipe(
    Layer.provide(Layer.merge(Gate.layer, Api.layer)),
    Layer.provideMerge(Layer.mergeAll(
      Conversations.layer,
      credentials,
      Files.layer,
      Layer.succeed(BaseUrl, () => baseUrl),
      Watch.layer
    )),
    Layer.provideMerge(Settings.layer({ acceptAnyCredentials: true, ...options }))
  )

/** A person's message that was made elsewhere is there from the first call on that names it. */
const hear = (conversations: Conversations["Type"]) => ({ at, json }: Call): void => {
  const { openConversationId, openMsgId: id } = isRecord(json) ? json : {}
  if (!isText(id) || !isText(openConversationId) || conversations.said(id) !== undefined) return
  const line = { ...plain(""), content: {}, at, from: "", id, kind: "text", mentions: [] }
  conversations.heard(openConversationId, undefined, [], line)
}

const network = Effect.gen(function*() {
  const client = MemoryClient.make(yield* Calls, hear(yield* Conversations))
  const test = {
    ...yield* done,
    ...yield* callFaults,
    ...yield* unreached,
    ...yield* withoutRobot
  }
  return Context.make(HttpClient.HttpClient, client).pipe(Context.add(TestDingTalk, test))
})

/**
 * A sender whose DingTalk is in memory, its configuration, and {@link TestDingTalk} to look at both.
 *
 * The account `default` is there; `config` says more of it, or names other accounts. No rate limit of its own is reached
 * unless `config` sets one. `options` are those of the fake: limits, expiries, templates.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { DingTalkSender, type Message } from "effect-dingtalk"
 * import { TestDingTalk, TestMessage } from "effect-dingtalk/testing"
 *
 * const onMessage = (message: Message.Message) => DingTalkSender.reply(message, `echo ${message.text}`)
 *
 * export const test = Effect.gen(function*() {
 *   yield* onMessage(TestMessage.text("hi", { from: "zhangsan" }))
 *   const dingtalk = yield* TestDingTalk.TestDingTalk
 *   return (yield* dingtalk.replies).map(({ text, to }) => `${to}: ${text}`)
 * }).pipe(Effect.provide(TestDingTalk.layer()))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  { config = {}, ...options }: Options & { readonly config?: Readonly<Record<string, unknown>> | undefined } = {}
): Layer.Layer<TestDingTalk | DingTalkSender.DingTalkSender | DingTalkConfig.DingTalkConfig> => {
  const settings = DingTalkConfig.layerUnknown({
    appKey: defaultApp.clientId,
    appSecret: defaultApp.clientSecret,
    apiBaseUrl: baseUrl,
    oapiBaseUrl: baseUrl,
    rateLimit: 1_000_000,
    rateBurst: 1_000_000,
    ...config
  })
  const memory = Layer.effectContext(network).pipe(Layer.provide(services(options)))
  return DingTalkSender.layer.pipe(
    Layer.provideMerge(Layer.orDie(settings)),
    Layer.provide(memory),
    Layer.merge(Layer.project(memory, TestDingTalk, TestDingTalk, (test) => test))
  )
}
