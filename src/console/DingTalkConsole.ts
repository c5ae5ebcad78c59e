/**
 * A page in the browser that shows what the robots of this process do: their status now and over time, numbers, errors with
 * what to do about them, and what became of the last messages.
 *
 * It listens on 127.0.0.1 alone and shows itself to whoever has the token that stands in its first URL: no other page and no
 * name that leads here gets in.
 *
 * @since 0.1.0
 */
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import { Observer } from "../accounts/Observer.ts"
import type { PageNotBuilt } from "../pageServer/files.ts"
import * as PageServer from "../pageServer/PageServer.ts"
import * as Graveyard from "./graveyard.ts"
import * as Protocol from "./Protocol.ts"
import * as StatusView from "./statusView.ts"
import * as Watch from "./Watch.ts"

/**
 * A console that is served.
 *
 * @since 0.1.0
 * @category tags
 */
export class DingTalkConsole extends Context.Tag("effect-dingtalk/console/DingTalkConsole")<DingTalkConsole, {
  readonly port: number
  /** The first URL, with the token in it. */
  readonly url: Redacted.Redacted<string>
}>() {}

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** On 127.0.0.1. Default 0: a free one. */
  readonly port?: number | undefined
  /** Whether the page shows what people say, and not only that they said something. Default false. */
  readonly showText?: boolean | undefined
  /** Told of the first URL, once. Default: it is printed on stderr. */
  readonly onServed?: ((url: string) => Effect.Effect<void>) | undefined
}

/**
 * What the command line adds.
 *
 * @internal
 */
export interface Extras {
  readonly hintOf: StatusView.HintOf
  /** The calls of a set-up form, if there is one. */
  readonly setup: HttpRouter.HttpRouter<never> | undefined
}

/** @internal */
export const layerWith = (
  { onServed = (url) => Console.error(`console: ${url}`), port = 0, showText = false }: Options,
  { hintOf, setup }: Extras
): Layer.Layer<DingTalkConsole, PageNotBuilt | PageServer.PagePortUnavailable> =>
  Layer.unwrapScoped(Effect.gen(function*() {
    const watch = yield* Watch.make({ showText, hintOf, hasSetup: setup !== undefined })
    const api = HttpRouter.empty.pipe(
      PageServer.live(Protocol.Live, watch.updates),
      PageServer.answer(Protocol.Act, ({ account, act }) =>
        Effect.as(watch.act(account, act), {}).pipe(
          Effect.catchTag(
            "UnknownAccount",
            ({ message }) => new PageServer.Refused({ code: "unknownAccount", message })
          )
        )),
      PageServer.answer(Protocol.DeadLetters, () => Graveyard.look(watch.deadLetters, showText)),
      PageServer.answer(Protocol.Decide, (asked) => Effect.as(Graveyard.decide(watch.deadLetters, asked), {})),
      (own) => setup === undefined ? own : HttpRouter.concat(own, setup)
    )
    const served: { readonly port: number; readonly url: string } = yield* PageServer.serve({
      page: "console",
      port,
      api
    })
    yield* onServed(served.url)
    const { url } = served
    return Layer.mergeAll(
      Layer.succeed(DingTalkConsole, { port: served.port, url: Redacted.make(url) }),
      // The channel asks for it where it is made; nobody else has to know.
      Layer.succeed(Observer, watch.observer),
      Logger.add(watch.logger)
    )
  }))

/**
 * The console as a layer. Provide it under the robot: a channel that is built above it is shown, whatever else it needs.
 *
 * Fails if the port can't be had, or if the page's files are not there.
 *
 * @example
 * ```ts
 * import { DingTalkChannel, DingTalkConfig, DingTalkSender } from "effect-dingtalk"
 * import { DingTalkConsole } from "effect-dingtalk/console"
 * import { NodeDingTalk } from "effect-dingtalk/node"
 * import { Layer } from "effect"
 *
 * const Main = DingTalkChannel.layer({
 *   onMessage: (message) => DingTalkSender.reply(message, `你说：${message.text}`)
 * }).pipe(
 *   Layer.provide(DingTalkSender.layer),
 *   Layer.provide(DingTalkConfig.layerConfig),
 *   Layer.provide(NodeDingTalk.layer()),
 *   Layer.provide(DingTalkConsole.layer({ port: 7788 }))
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options = {}
): Layer.Layer<DingTalkConsole, PageNotBuilt | PageServer.PagePortUnavailable> =>
  layerWith(options, { hintOf: StatusView.english, setup: undefined })
