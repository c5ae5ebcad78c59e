/** A robot as an application would run it, whose sockets take a way of ours and are listened to. */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import * as DingTalkSender from "../../src/DingTalkSender.ts"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import { StreamTiming, type StreamTimingValues } from "../../src/stream/StreamTiming.ts"
import { Transport } from "../../src/stream/Transport.ts"

export interface Robot {
  readonly channel: DingTalkChannel.Channel
  readonly sender: Context.Tag.Service<DingTalkSender.DingTalkSender>
}

export interface Options<R> {
  readonly config: unknown
  readonly handlers: Handlers<R>
  readonly timing?: StreamTimingValues | undefined
  /** The port that plain WebSocket connections are made to in place of their own: that of an injector. */
  readonly through?: number | undefined
  /** Hears every text that reaches the client's transport, before the client does. */
  readonly onText?: ((text: string) => void) | undefined
}

const redirect = (url: string, port: number | undefined): string => {
  const target = new URL(url)
  if (port === undefined || target.protocol !== "ws:") return url
  target.port = String(port)
  return target.href
}

const tapped = (through: number | undefined, heard: (text: string) => void) =>
  Layer.effect(
    Transport,
    Effect.map(Transport, (transport) => ({
      connect: (options) =>
        transport.connect({
          ...options,
          url: Redacted.make(redirect(Redacted.value(options.url), through)),
          listener: {
            ...options.listener,
            onText: (text, connection) => {
              heard(text)
              options.listener.onText(text, connection)
            }
          }
        })
    }))
  )

const nothing = () => {}

/** Starts a robot in the scope. */
export const start = <R = never>(
  { config, handlers, onText, through, timing }: Options<R | DingTalkSender.DingTalkSender>
) => {
  const network: Layer.Layer<HttpClient.HttpClient | Transport> = onText === undefined && through === undefined
    ? NodeDingTalk.layer()
    : Layer.provideMerge(tapped(through, onText ?? nothing), NodeDingTalk.layer())
  const built = Layer.build(
    DingTalkChannel.layer(handlers).pipe(
      Layer.provideMerge(DingTalkSender.layer),
      Layer.provide(DingTalkConfig.layerUnknown(config)),
      Layer.provide(network)
    )
  )
  return Effect.map(
    timing === undefined ? built : Effect.provideService(built, StreamTiming, timing),
    (context): Robot => ({
      channel: Context.get(context, DingTalkChannel.DingTalkChannel),
      sender: Context.get(context, DingTalkSender.DingTalkSender)
    })
  )
}
