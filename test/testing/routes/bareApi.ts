/** The fake's HTTP API, called with `fetch`. */
import * as Effect from "effect/Effect"
import type { FakeDingTalk } from "../../../src/testing/index.ts"
import { type Answer, call, type Json, postJson } from "../bareClient.ts"

export const robotCode = "dingfakeappkey"

export interface Api {
  readonly token: string
  readonly post: (path: string, body: Json) => Effect.Effect<Answer>
  readonly put: (path: string, body: Json) => Effect.Effect<Answer>
  readonly get: (path: string) => Effect.Effect<Answer>
}

/** Calls with a token of its own. */
export const make = (
  fake: Pick<FakeDingTalk.Fake, "url">,
  pair = { appKey: robotCode, appSecret: "fake-secret" }
): Effect.Effect<Api> =>
  Effect.map(postJson(`${fake.url}/v1.0/oauth2/accessToken`, pair), ({ json }): Api => {
    const token = String(json["accessToken"])
    const headers = { "x-acs-dingtalk-access-token": token }
    return {
      token,
      post: (path, body) => postJson(`${fake.url}${path}`, body, headers),
      put: (path, body) =>
        call(`${fake.url}${path}`, {
          method: "PUT",
          headers: { "content-type": "application/json", ...headers },
          body: JSON.stringify(body)
        }),
      get: (path) => call(`${fake.url}${path}`, { headers })
    }
  })

export const createPath = "/v1.0/card/instances/createAndDeliver"
export const updatePath = "/v1.0/card/instances"
export const writePath = "/v1.0/card/streaming"

/** The body of a card to a person, unless it is told otherwise. */
export const cardBody = (over: Json = {}): Json => ({
  cardTemplateId: "template",
  outTrackId: "card-1",
  cardData: { cardParamMap: { msgContent: "hello", flowStatus: "2" } },
  callbackType: "STREAM",
  openSpaceId: "dtv1.card//IM_ROBOT.zhangsan",
  imRobotOpenDeliverModel: { spaceType: "IM_ROBOT", robotCode },
  ...over
})

/** Of a card to a group. */
export const groupCardBody = (over: Json = {}): Json => ({
  ...cardBody(),
  openSpaceId: "dtv1.card//IM_GROUP.cidGroup1",
  imGroupOpenDeliverModel: { robotCode },
  ...over
})

export const writeBody = (over: Json = {}): Json => ({
  outTrackId: "card-1",
  guid: Math.random().toString(),
  key: "msgContent",
  content: "more",
  isFull: true,
  isFinalize: false,
  isError: false,
  ...over
})
