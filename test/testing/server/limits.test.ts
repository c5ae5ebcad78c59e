import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FakeDingTalk, Script } from "../../../src/testing/index.ts"
import { call, postJson } from "../bareClient.ts"
import * as Api from "../routes/bareApi.ts"

const groupsPath = "/v1.0/robot/installed/groups/query"
const groupsBody = { robotCode: Api.robotCode, maxResult: 10 }

const uploadOnce = (fake: FakeDingTalk.Fake, token: string) =>
  call(`${fake.url}/media/upload?access_token=${token}&type=file`, { method: "POST" })

describe("limits before every API", () => {
  it.scoped("by the second: 403 of the v1 API, 88 with a sub_code of the legacy one, each API for itself", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ qps: 1 })
      const api = yield* Api.make(fake)
      const together = <A>(one: Effect.Effect<A>) => Effect.all([one, one], { concurrency: 2 })
      const answers = yield* together(api.post(groupsPath, groupsBody))
      assert.deepStrictEqual(answers.map(({ status }) => status).toSorted(), [200, 403])
      const refused = answers.find(({ status }) => status === 403)
      assert.strictEqual(refused?.json["code"], "Forbidden.AccessDenied.QpsLimitForApi")
      const legacy = yield* together(uploadOnce(fake, api.token))
      const [wrapped] = legacy.filter(({ json }) => json["errcode"] === 88)
      assert.deepInclude(wrapped?.json, { errcode: 88, sub_code: "90018" })
    }))

  it.scoped("by the month: what needs a token is refused, and only that", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ quota: 2 })
      const api = yield* Api.make(fake)
      const answers = yield* Effect.replicateEffect(api.post(groupsPath, groupsBody), 3)
      assert.deepStrictEqual(answers.map(({ status }) => status), [200, 200, 403])
      assert.strictEqual(answers[2]?.json["code"], "Forbidden.AccessDenied.ApiCountLimitForOrg")
      assert.strictEqual((yield* uploadOnce(fake, api.token)).json["errcode"], 90020)
      const { token } = yield* Api.make(fake)
      assert.notStrictEqual(token, "undefined")
    }))

  it.scoped("by the address: every call of everybody is answered with 200 and no answer", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ addressLimit: 2 })
      const api = yield* Api.make(fake)
      yield* api.post(groupsPath, groupsBody)
      const locked = [
        yield* api.post(groupsPath, groupsBody),
        yield* uploadOnce(fake, api.token),
        yield* postJson(`${fake.url}/v1.0/oauth2/accessToken`, {})
      ]
      for (const { json, status } of locked) {
        assert.strictEqual(status, 200)
        assert.deepInclude(json, { status: 1111, punish: "deny", wait: 5 })
      }
    }))

  it.scoped("are there to be scripted, too", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const api = yield* Api.make(fake)
      const { legacyThrottled, noSession, webhookTooFast } = Script.refusals
      yield* fake.answerNext("/media/upload", legacyThrottled, Script.legacyRefusal(-1, "系统繁忙"))
      yield* fake.answerNext("/robot/sendBySession", noSession, webhookTooFast)
      const codes = [
        yield* uploadOnce(fake, api.token),
        yield* uploadOnce(fake, api.token),
        yield* postJson(`${fake.url}/robot/sendBySession`, {}),
        yield* postJson(`${fake.url}/robot/sendBySession`, {})
      ].map(({ json, status }) => [status, json["errcode"]])
      assert.deepStrictEqual(codes, [[200, 88], [200, -1], [200, 300001], [200, 130101]])
    }))
})
