/** What leaves by other ways than a text: cards, media, sends to many, reactions, recalls, DING. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import { tmpdir } from "node:os"
import * as Operations from "../../chaos/support/operations.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import * as DingTalkSender from "../../src/DingTalkSender.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import { FakeDingTalk, Script } from "../../src/testing/index.ts"
import * as Observer from "./observer.ts"

const appSecret = "S3cr3t-of-the-application"
const signature = "S1gnature-of-a-link"

const batchSend = "/v1.0/robot/oToMessages/batchSend"

/** Every path but the token's, each with an answer that succeeds and says `words` wherever it says something. */
const paths = (words: string, link: string): Readonly<Record<string, unknown>> => ({
  [batchSend]: { processQueryKey: `key ${words}`, invalidStaffIdList: [words], flowControlledStaffIdList: [] },
  "/v1.0/robot/groupMessages/send": { processQueryKey: `key ${words}` },
  "/v1.0/card/instances/createAndDeliver": {
    success: true,
    result: {
      deliverResults: [
        { spaceId: words, spaceType: words, success: true, carrierId: words, errorMsg: words },
        { spaceId: "b", success: false, errorMsg: words }
      ]
    }
  },
  "/v1.0/card/instances": { success: true, result: words },
  "/v1.0/card/streaming": { success: true, result: words },
  "/media/upload": { errcode: 0, errmsg: words, media_id: `@${words}` },
  "/v1.0/robot/messageFiles/download": { downloadUrl: link, errmsg: words },
  "/v1.0/robot/emotion/reply": { success: true, result: words },
  "/v1.0/robot/emotion/recall": { success: true, result: words },
  "/v1.0/robot/otoMessages/batchRecall": { successResult: [words], failedResult: { k1: words, [words]: words } },
  "/v1.0/robot/groupMessages/recall": { successResult: [words], failedResult: { k1: words } },
  "/v1.0/robot/oToMessages/readStatus": {
    sendStatus: "SUCCESS",
    messageReadInfoList: [{ userId: words, name: words, readStatus: words }]
  },
  "/v1.0/robot/groupMessages/query": { sendStatus: words, readUserIds: [words], hasMore: false, nextToken: words },
  "/v1.0/robot/installed/groups/query": { openConversationIds: [words], hasMore: false },
  "/v1.0/robot/ding/send": { openDingId: words, failedList: { [words]: words } },
  "/v1.0/robot/ding/recall": { success: true, result: words }
})

const operations = Operations.make(`${tmpdir()}/never-there-${process.pid}`)

describe("secrets and tokens", () => {
  it.scopedLive("appear in nothing that an application gets to see of what it sends, successes and failures", () =>
    Effect.gen(function*() {
      const observer = Observer.make()
      const fake = yield* FakeDingTalk.make({ apps: [{ clientId: "dingkey", clientSecret: appSecret }] })
      const link = `${fake.url}/files/a.pdf?OSSAccessKeyId=x&Signature=${signature}`

      yield* Effect.gen(function*() {
        const sender = yield* DingTalkSender.DingTalkSender
        const each = (what: string, names: ReadonlyArray<Operations.Name>) =>
          Effect.forEach(names, (name) =>
            Effect.map(Effect.exit(operations[name]), (exit) => {
              observer.see(`${what} ${name}`, exit)
              if (exit._tag === "Success") return observer.see(`${what} ${name}`, exit.value)
              observer.see(`${what} ${name}`, Cause.pretty(exit.cause, { renderErrorCause: true }))
              observer.see(`${what} ${name}`, Cause.squash(exit.cause))
            }), { concurrency: "unbounded", discard: true })
        const all = Object.keys(operations).filter((name): name is Operations.Name => name in operations)

        yield* operations.send
        const [first] = yield* fake.requests(batchSend)
        const token = first?.headers["x-acs-dingtalk-access-token"] ?? ""
        assert.isAtLeast(token.length, 16)
        const words = `access_token=${token} (${token}) ${appSecret}`
        const routes = Object.entries(paths(words, link))

        // All is well, and every answer repeats what it was sent.
        yield* Effect.forEach(routes, ([path, body]) => fake.answerEvery(path, { status: 200, body }))
        yield* fake.answerEvery("/files/a.pdf", { status: 200, body: "some bytes" })
        yield* each("well", all)

        // Everything is refused, in every place in which a refusal says something.
        const refusal = {
          status: 403,
          body: {
            code: `Forbidden.${token}.AccessDenied.AccessTokenPermissionDenied`,
            requestid: appSecret,
            message: `[${token}] ${"x".repeat(280)}${appSecret} ${words}`,
            accessdenieddetail: { requiredScopes: [token, appSecret] }
          },
          headers: { "x-acs-dingtalk-request-id": token }
        }
        yield* Effect.forEach(routes, ([path]) => fake.answerEvery(path, refusal))
        yield* each("refused", all)
        const permission = { ...refusal.body, code: "Forbidden.AccessDenied.AccessTokenPermissionDenied" }
        yield* Effect.forEach(routes, ([path]) => fake.answerEvery(path, { status: 403, body: permission }))
        yield* each("permission", all)
        yield* fake.answerEvery("/v1.0/card/instances/createAndDeliver", {
          status: 200,
          body: {
            success: true,
            result: { deliverResults: [{ success: false, errorMsg: `${"x".repeat(290)}${words}` }] }
          }
        })
        yield* each("undelivered", ["createCard", "streamCard"])

        // Nobody answers. What may be repeated is repeated, so these go side by side.
        yield* Effect.forEach(routes, ([path]) => fake.answerEvery(path, "hangUp"))
        yield* each("hung up", all)

        // The link is given, and leads nowhere.
        const linkPath = "/v1.0/robot/messageFiles/download"
        const downloads = ["download", "downloadTo", "downloadStream"] as const
        const leads = [
          { status: 403, body: `<Error>${words} ${link}</Error>` },
          { status: 302, headers: { location: `https://user:${signature}@127.0.0.2/?Signature=${signature}` } },
          { status: 302, headers: { location: `ftp://files.example/${signature}` } },
          { status: 200, body: "x".repeat(100), cutAfterBytes: 10 },
          "hangUp"
        ] as const satisfies ReadonlyArray<Script.Answer>
        yield* fake.answerEvery(linkPath, { status: 200, body: { downloadUrl: link } })
        for (const lead of leads) {
          yield* fake.answerEvery("/files/a.pdf", lead)
          yield* each("astray", downloads)
        }
        yield* fake.answerEvery(linkPath, { status: 200, body: { downloadUrl: `http://10.0.0.1/?s=${signature}` } })
        yield* each("astray", downloads)

        observer.see("account", yield* sender.account(undefined))
        observer.see("sender", sender)
        observer.see("services", yield* Effect.context<DingTalkSender.DingTalkSender>())
        observer.see("metrics", yield* Metric.snapshot)
      }).pipe(
        Effect.withSpan("application"),
        Effect.provide(
          DingTalkSender.layer.pipe(
            Layer.provideMerge(DingTalkConfig.layerUnknown({ ...fake.config, rateLimit: 10_000, rateBurst: 10_000 })),
            Layer.provideMerge(NodeDingTalk.layer()),
            Layer.provideMerge(NodeFileSystem.layer)
          )
        ),
        Effect.provide(observer.layer)
      )

      const requests = yield* fake.requests()
      const tokens = new Set(
        requests.flatMap(({ headers, query }) => [
          headers["x-acs-dingtalk-access-token"] ?? "",
          query["access_token"] ?? ""
        ]).filter((token) => token !== "")
      )
      // What proves that everything was looked at, and that there was something to be found.
      for (const path of Object.keys(paths("", link))) {
        assert.isAtLeast(requests.filter((request) => request.path === path).length, 4, path)
      }
      for (const name of Object.keys(operations)) {
        for (const what of ["well", "refused", "permission", "hung up"]) {
          assert.isAtLeast(observer.count(`${what} ${name}`), 1, `${what} ${name}`)
        }
      }
      assert.isAtLeast(observer.count("span"), 100)
      assert.isAtLeast(tokens.size, 1)
      assert.deepStrictEqual(observer.holding([appSecret, signature, ...tokens]), [])
    }))
})
