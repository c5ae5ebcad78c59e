/** The examples that are a bot as a layer, run against a fake DingTalk. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type * as DingTalkChannel from "../../../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../../../src/DingTalkConfig.ts"
import * as DingTalkSender from "../../../src/DingTalkSender.ts"
import * as NodeDingTalk from "../../../src/node/NodeDingTalk.ts"
import type { FakeDingTalk } from "../../../src/testing/index.ts"
import * as Desk from "../../outbound/integration/utils/desk.ts"

type Given =
  | DingTalkSender.DingTalkSender
  | DingTalkConfig.DingTalkConfig
  | Layer.Layer.Success<ReturnType<typeof NodeDingTalk.layer>>

/** Starts a bot with the services of its own, and waits until it is connected. */
export const start = <R>(
  fake: FakeDingTalk.Fake,
  bot: Layer.Layer<DingTalkChannel.DingTalkChannel, never, R | Given>,
  services: Layer.Layer<R, never, Given>,
  settings: object = {}
) =>
  Layer.build(bot.pipe(
    Layer.provide(services),
    Layer.provide(DingTalkSender.layer),
    Layer.provide(DingTalkConfig.layerUnknown({ ...Desk.settingsOf(fake), ...settings })),
    Layer.provide(NodeDingTalk.layer())
  )).pipe(Effect.withRandom(Random.fixed([0.5])), Effect.zipRight(fake.awaitConnection))
