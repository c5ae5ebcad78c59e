import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as DingTalkCards from "../src/DingTalkCards.ts"
import type { AccountSettings } from "../src/DingTalkConfig.ts"
import * as DingTalkSender from "../src/DingTalkSender.ts"
import * as Metrics from "../src/metrics.ts"
import * as SessionWebhookUrl from "../src/SessionWebhookUrl.ts"
import * as Fake from "./outbound/api/utils/fakeApi.ts"
import { failureOf, valueOf } from "./utils/exits.ts"

const createPath = "/v1.0/card/instances/createAndDeliver"
const cardPath = "/v1.0/card/instances"
const writePath = "/v1.0/card/streaming"
const webhookPath = "/robot/sendBySession"

const delivered = (success: boolean, carrierId?: string, errorMsg?: string) => ({
  spaceId: "s",
  spaceType: "IM_ROBOT",
  success,
  carrierId,
  errorMsg
})
const created = (...deliverResults: ReadonlyArray<object>) => ({
  status: 200,
  body: { success: true, result: { outTrackId: "x", deliverResults } }
})

/** Answers cards as DingTalk does, unless `script` has an answer. */
const cards = (script: (seen: Fake.Seen, nth: number) => Fake.Answer | undefined = () => undefined) =>
  Fake.dingtalk((seen, nth) =>
    script(seen, nth) ?? (seen.path === createPath
      ? created(delivered(true, "carrier"))
      : seen.path === cardPath || seen.path === writePath
      ? { status: 200, body: { success: true, result: true } }
      : undefined)
  )

const inWorld =
  (api: Fake.FakeApi, account: AccountSettings = Fake.account()) =>
  <A, E>(effect: Effect.Effect<A, E, DingTalkSender.DingTalkSender>) =>
    effect.pipe(Effect.provide(DingTalkSender.layer), Effect.provide(Fake.world(api, account)))

/** Runs to the end, however much virtual time that takes. */
const run = <A, E>(
  effect: Effect.Effect<A, E, DingTalkSender.DingTalkSender>,
  api: Fake.FakeApi,
  account?: AccountSettings
) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.fork(effect)
    yield* TestClock.adjust("20 minutes")
    return yield* Fiber.await(fiber)
  }).pipe(inWorld(api, account))

/** Every call but those for tokens, in a few words. */
const story = (api: Fake.FakeApi, start = 0): ReadonlyArray<string> =>
  api.seen.filter(({ path }) => path !== Fake.tokenPath).map(({ at, body, path }) => {
    const data = body["cardData"]
    const shown = JSON.stringify(data ?? body["content"] ?? body["msgParam"] ?? body["markdown"])
    const how = path === writePath ? ` ${body["isFinalize"]} ${body["isError"]}` : ""
    return `${at - start} ${path.split("/").at(-1)}${how} ${shown}`
  })

const params = (msgContent: string, flowStatus: string) => JSON.stringify({ cardParamMap: { msgContent, flowStatus } })

/** Tokens, each after a pause. */
const timed = (...tokens: ReadonlyArray<readonly [pauseMs: number, token: string]>) =>
  Stream.fromIterable(tokens).pipe(
    Stream.mapEffect(([pause, token]) => Effect.delay(Effect.succeed(token), pause)),
    Stream.rechunk(1)
  )

const everySecond = timed([0, "a"], [1_100, "b"], [1_000, "c"], [1_000, "d"], [500, "e"])
const toPerson = { to: "user:zhangsan" } as const

describe("DingTalkCards.create", () => {
  it.effect("makes and shows a card, to people and groups, that calls back through Stream", () =>
    Effect.gen(function*() {
      const api = cards(() => undefined)
      const options = {
        to: ["user:zhangsan", "cidA"],
        templateId: "t.schema",
        params: { title: "T" },
        privateParams: { zhangsan: { mine: "1" } }
      } as const
      const one = valueOf(yield* run(DingTalkCards.create(options), api))
      const other = valueOf(yield* run(DingTalkCards.create(options), api))
      assert.notStrictEqual(one.outTrackId, other.outTrackId)
      assert.deepStrictEqual(one.deliveries, [
        { spaceId: "s", spaceType: "IM_ROBOT", delivered: true, messageId: "carrier", detail: "" }
      ])
      const space = {
        supportForward: false,
        lastMessageI18n: { ZH_CN: "T", EN_US: "T" },
        searchSupport: { searchDesc: "T" }
      }
      assert.deepStrictEqual(api.of(createPath)[0]?.body, {
        cardTemplateId: "t.schema",
        outTrackId: one.outTrackId,
        cardData: { cardParamMap: { title: "T" } },
        privateData: { zhangsan: { cardParamMap: { mine: "1" } } },
        callbackType: "STREAM",
        userIdType: 1,
        openSpaceId: "dtv1.card//IM_ROBOT.zhangsan;IM_GROUP.cidA",
        imGroupOpenSpaceModel: space,
        imGroupOpenDeliverModel: { robotCode: "dingrobot" },
        imRobotOpenSpaceModel: space,
        imRobotOpenDeliverModel: { spaceType: "IM_ROBOT", robotCode: "dingrobot" }
      })
    }))

  it.effect("says in the chat list what it is about, in words, and can be forwarded if asked for", () =>
    Effect.gen(function*() {
      const api = cards()
      const options = { to: "cidA", templateId: "t" }
      const cases: ReadonlyArray<readonly [Partial<DingTalkCards.CreateOptions>, string]> = [
        [{ params: { id: "42", content: "**磁盘** 满了", title: "### 告警" } }, "告警"],
        [{ params: { url: "https://example.com", data: "{\"a\":1}", reason: "> 请假 *三天*" } }, "请假 三天"],
        [{ params: { title: "" } }, "通知"],
        [{ params: { title: "告警" }, preview: "[磁盘](https://example.com) 满了" }, "磁盘 满了"],
        [{ params: { title: "告警" }, preview: " " }, "告警"]
      ]
      for (const [given] of cases) {
        valueOf(yield* run(DingTalkCards.create({ ...options, params: {}, supportForward: true, ...given }), api))
      }
      assert.deepStrictEqual(
        api.of(createPath).map(({ body }) => body["imGroupOpenSpaceModel"]),
        cases.map(([, preview]) => ({
          supportForward: true,
          lastMessageI18n: { ZH_CN: preview, EN_US: preview },
          searchSupport: { searchDesc: preview }
        }))
      )
    }))

  it.effect("a 200 that shows it nowhere is a failure; one that shows it to some says to whom not", () =>
    Effect.gen(function*() {
      const options = { to: ["a", "b"], templateId: "t", params: {} } as const
      const nowhere = cards((seen) =>
        seen.path === createPath ? created(delivered(false, undefined, "robot not in group")) : undefined
      )
      const error = failureOf(yield* run(DingTalkCards.create(options), nowhere))
      assert.strictEqual(error._tag === "BadRequest" && error.field, "openSpaceId")
      assert.include(error.message, "robot not in group")
      const some = cards((seen) =>
        seen.path === createPath ? created(delivered(true, "c"), delivered(false, undefined, "gone")) : undefined
      )
      const { deliveries } = valueOf(yield* run(DingTalkCards.create(options), some))
      assert.deepStrictEqual(deliveries.map(({ delivered, detail }) => [delivered, detail]), [[true, ""], [
        false,
        "gone"
      ]])
    }))

  it.effect("an answer that does not say success is not believed", () =>
    Effect.gen(function*() {
      const options = { ...toPerson, templateId: "t", params: {} }
      for (
        const [answer, tag] of [
          [{ status: 200, body: {} }, "Ambiguous"],
          [{ status: 200, body: "<html></html>" }, "Ambiguous"],
          [{ status: 500, body: { code: "unknownError" } }, "Ambiguous"],
          [{ status: 200, body: { success: false } }, "BadRequest"],
          [{ status: 400, body: { code: "param.userIdNotExist" } }, "BadRequest"],
          [{ status: 403, body: { code: "permission.checkFailed" } }, "PermissionDenied"]
        ] as const
      ) {
        const api = cards((seen) => seen.path === createPath ? answer : undefined)
        assert.strictEqual(failureOf(yield* run(DingTalkCards.create(options), api))._tag, tag)
        assert.strictEqual(api.of(createPath).length, 1)
      }
    }))

  it.effect("nor is one that was taken and says that nothing was done", () =>
    Effect.gen(function*() {
      const undone = { status: 200, body: { success: true, result: false } }
      const api = cards((seen, nth) => seen.path !== createPath && nth === 1 ? undone : undefined)
      yield* run(DingTalkCards.update({ outTrackId: "x", params: { a: "1" } }), api)
      yield* run(DingTalkCards.write({ outTrackId: "x", key: "k", content: "c", state: "more" }), api)
      assert.deepStrictEqual([api.of(cardPath).length, api.of(writePath).length], [2, 2])
      // The same call again, not another one.
      const guids = api.of(writePath).map(({ body }) => body["guid"])
      assert.strictEqual(guids[0], guids[1])
    }))

  it.effect("update keeps the other variables unless told otherwise; write replaces the text, each with its own guid", () =>
    Effect.gen(function*() {
      const api = cards()
      yield* run(DingTalkCards.update({ outTrackId: "x", params: { a: "1" } }), api)
      yield* run(DingTalkCards.update({ outTrackId: "x", privateParams: { u: { b: "2" } }, keepOthers: false }), api)
      const writing = { outTrackId: "x", key: "k", content: "c" } as const
      yield* run(DingTalkCards.write({ ...writing, state: "more" }), api)
      yield* run(DingTalkCards.write({ ...writing, state: "failed" }), api)
      const [one, two] = api.of(cardPath).map(({ body }) => body)
      assert.deepStrictEqual(one, {
        outTrackId: "x",
        cardData: { cardParamMap: { a: "1" } },
        cardUpdateOptions: { updateCardDataByKey: true, updatePrivateDataByKey: true },
        userIdType: 1
      })
      assert.deepStrictEqual(two, {
        outTrackId: "x",
        privateData: { u: { cardParamMap: { b: "2" } } },
        cardUpdateOptions: { updateCardDataByKey: false, updatePrivateDataByKey: false },
        userIdType: 1
      })
      const writes = api.of(writePath).map(({ body }) => body)
      assert.notStrictEqual(writes[0]?.["guid"], writes[1]?.["guid"])
      assert.deepStrictEqual(writes.map(({ guid: _guid, ...rest }) => rest), [
        { outTrackId: "x", key: "k", content: "c", isFull: true, isFinalize: false, isError: false },
        { outTrackId: "x", key: "k", content: "c", isFull: true, isFinalize: true, isError: true }
      ])
    }))
})

describe("DingTalkCards.stream", () => {
  it.effect("a text that is complete before the first update costs one call", () =>
    Effect.gen(function*() {
      const api = cards()
      const result = valueOf(yield* run(DingTalkCards.stream(toPerson, timed([3_000, "he"], [900, "llo"])), api))
      assert.deepStrictEqual(story(api), [`3900 createAndDeliver ${params("hello", "3")}`])
      const { outTrackId, ...rest } = result
      assert.strictEqual(outTrackId, api.of(createPath)[0]?.body["outTrackId"])
      assert.deepStrictEqual(rest, {
        text: "hello",
        truncated: false,
        messageId: "carrier",
        updates: 1,
        degraded: undefined,
        messages: undefined
      })
      assert.strictEqual(api.of(createPath)[0]?.body["cardTemplateId"], DingTalkCards.publicTemplateId)
    }))

  it.effect("no text, no card", () =>
    Effect.gen(function*() {
      const api = cards()
      const result = valueOf(yield* run(DingTalkCards.stream(toPerson, Stream.empty), api))
      assert.deepStrictEqual([result.outTrackId, result.text, api.seen.length], [undefined, "", 0])
    }))

  it.effect("one call a second, the status before the first write and after the last", () =>
    Effect.gen(function*() {
      const api = cards()
      const result = valueOf(yield* run(DingTalkCards.stream(toPerson, everySecond), api))
      assert.deepStrictEqual(story(api), [
        `1000 createAndDeliver ${params("a", "2")}`,
        `2000 instances ${params("ab", "2")}`,
        `3000 streaming false false "abc"`,
        `3600 streaming true false "abcde"`,
        `3600 instances ${params("abcde", "3")}`
      ])
      assert.strictEqual(result.updates, 4)
      assert.deepStrictEqual(
        new Set(api.seen.slice(1).map(({ body }) => body["outTrackId"])),
        new Set([result.outTrackId])
      )
    }))

  it.effect("a flood of tokens is coalesced, with open code blocks closed for display", () =>
    Effect.gen(function*() {
      const api = cards()
      const flood = Stream.concat(
        Stream.make("```ts\n"),
        timed(...Array.from({ length: 130 }, () => [30, "x"] as const))
      )
      valueOf(yield* run(DingTalkCards.stream({ to: "cidA", contentKey: "body", params: { t: "T" } }, flood), api))
      assert.deepStrictEqual(api.seen.slice(1).map(({ at }) => at), [1_000, 2_000, 3_000, 3_900, 3_900])
      const first = `\`\`\`ts\n${"x".repeat(33)}\n\`\`\``
      assert.deepStrictEqual(api.of(createPath)[0]?.body["cardData"], {
        cardParamMap: { t: "T", body: first, flowStatus: "2" }
      })
      assert.deepStrictEqual(api.of(cardPath).at(-1)?.body["cardData"], {
        cardParamMap: { body: `\`\`\`ts\n${"x".repeat(130)}\n\`\`\``, flowStatus: "3" }
      })
    }))

  it.effect("tokens that fail midway: the card is marked failed, and the failure is theirs", () =>
    Effect.gen(function*() {
      const api = cards()
      const tokens = Stream.concat(everySecond, Stream.fail("model is gone"))
      assert.strictEqual(failureOf(yield* run(DingTalkCards.stream(toPerson, tokens), api)), "model is gone")
      assert.deepStrictEqual(story(api).slice(3), [
        `3600 streaming true true "abc"`,
        `3600 instances ${params("abc", "5")}`
      ])
    }))

  it.effect("tokens that fail before anything was shown: no call at all", () =>
    Effect.gen(function*() {
      const api = cards()
      const tokens = Stream.concat(timed([500, "a"]), Stream.fail("no"))
      assert.strictEqual(failureOf(yield* run(DingTalkCards.stream(toPerson, tokens), api)), "no")
      assert.strictEqual(api.seen.length, 0)
    }))

  it.effect("interruption in the middle of a card: it is marked failed", () =>
    Effect.gen(function*() {
      const api = cards()
      yield* Effect.gen(function*() {
        const fiber = yield* Effect.fork(DingTalkCards.stream(toPerson, Stream.concat(everySecond, Stream.never)))
        yield* TestClock.adjust(3_200)
        yield* Fiber.interrupt(fiber)
      }).pipe(inWorld(api))
      assert.deepStrictEqual(story(api).slice(3), [
        `3200 streaming true true "abc"`,
        `3200 instances ${params("abc", "5")}`
      ])
    }))

  it.effect("interruption while the card is being made: it is marked failed, for it may be there", () =>
    Effect.gen(function*() {
      const api = cards((seen) => seen.path === createPath ? "silence" : undefined)
      yield* Effect.gen(function*() {
        const fiber = yield* Effect.fork(DingTalkCards.stream(toPerson, Stream.concat(Stream.make("a"), Stream.never)))
        yield* TestClock.adjust(5_000)
        yield* Fiber.interrupt(fiber)
      }).pipe(inWorld(api))
      assert.deepStrictEqual(story(api), [
        `1000 createAndDeliver ${params("a", "2")}`,
        `5000 instances ${params("a", "5")}`
      ])
    }))

  it.effect("a server that does not answer holds up an interruption for 10 s, not longer", () =>
    Effect.gen(function*() {
      const id = "stuck-card"
      const api = cards((seen) => seen.path === cardPath ? "silence" : undefined)
      yield* Effect.gen(function*() {
        const fiber = yield* Effect.fork(DingTalkCards.stream(toPerson, Stream.concat(Stream.make("a"), Stream.never)))
        yield* TestClock.adjust(1_500)
        const interrupting = yield* Effect.fork(Fiber.interrupt(fiber))
        yield* TestClock.adjust(9_999)
        assert.strictEqual((yield* Fiber.poll(interrupting))._tag, "None")
        yield* TestClock.adjust(1)
        yield* Fiber.join(interrupting)
      }).pipe(inWorld(api, Fake.account({ id })))
      const count = yield* Metric.value(Metric.tagged(Metrics.forAccount(id).cards, "outcome", "stuck"))
      assert.strictEqual(count.count, 1)
    }))

  it.effect("an update that fails for now is left out; the next one shows all of it", () =>
    Effect.gen(function*() {
      const api = cards((seen, nth) =>
        seen.path === cardPath && nth === 1 ? { status: 403, body: { code: "QpsLimitForApi" } } : undefined
      )
      const result = valueOf(yield* run(DingTalkCards.stream(toPerson, everySecond), api))
      assert.deepStrictEqual(story(api), [
        `1000 createAndDeliver ${params("a", "2")}`,
        `2000 instances ${params("ab", "2")}`,
        `3000 instances ${params("abc", "2")}`,
        `3600 instances ${params("abcde", "3")}`
      ])
      assert.isUndefined(result.degraded)
    }))

  it.effect("cards that can't be: the whole text as Markdown at its end, and why", () =>
    Effect.gen(function*() {
      const refusals = [
        [{ status: 403, body: { code: "Forbidden.AccessDenied.AccessTokenPermissionDenied" } }, "PermissionDenied"],
        [{ status: 403, body: { code: "Forbidden.AccessDenied.ApiCountLimitForOrg" } }, "QuotaExhausted"],
        [{ status: 400, body: { code: "cardTemplateInvalid" } }, "BadRequest"],
        [created(delivered(false)), "BadRequest"]
      ] as const
      for (const [answer, tag] of refusals) {
        const api = cards((seen) => seen.path === createPath ? answer : undefined)
        const start = yield* Clock.currentTimeMillis
        const result = valueOf(yield* run(DingTalkCards.stream(toPerson, everySecond), api))
        assert.strictEqual(result.degraded?._tag, tag)
        assert.strictEqual(result.messages?.messageId, "key-1")
        assert.isUndefined(result.outTrackId)
        assert.deepStrictEqual(story(api, start), [
          `1000 createAndDeliver ${params("a", "2")}`,
          `3600 batchSend ${JSON.stringify(JSON.stringify({ title: "abcde", text: "abcde" }))}`
        ])
      }
    }))

  it.effect("cards that stay throttled: tried again at every update, then messages", () =>
    Effect.gen(function*() {
      const api = cards((seen) => seen.path === createPath ? { status: 429, body: "" } : undefined)
      const result = valueOf(yield* run(DingTalkCards.stream(toPerson, everySecond), api))
      assert.strictEqual(result.degraded?._tag, "Throttled")
      assert.strictEqual(result.messages?.chunks.length, 1)
    }))

  it.effect("quota that ends in the middle: no more updates; the text is finished as a message", () =>
    Effect.gen(function*() {
      const quota = { status: 403, body: { code: "ApiCountLimitForOrg" } }
      const api = cards((seen) => seen.path === cardPath || seen.path === writePath ? quota : undefined)
      const result = valueOf(yield* run(DingTalkCards.stream(toPerson, everySecond), api))
      assert.strictEqual(result.degraded?._tag, "QuotaExhausted")
      assert.isDefined(result.outTrackId)
      assert.deepStrictEqual(story(api).map((line) => line.split(" ").slice(0, 2).join(" ")), [
        "1000 createAndDeliver",
        "2000 instances",
        "3600 instances",
        "3600 batchSend"
      ])
    }))

  it.effect("a card that may or may not be there: Ambiguous, no messages, and the tokens are stopped", () =>
    Effect.gen(function*() {
      const api = cards((seen) => seen.path === createPath ? { status: 500, body: {} } : undefined)
      const error = failureOf(
        yield* run(DingTalkCards.stream(toPerson, Stream.concat(everySecond, Stream.never)), api)
      )
      assert.strictEqual(error._tag, "Ambiguous")
      assert.strictEqual(api.of(Fake.userPath).length, 0)
      // Should it be there, it does not look as if somebody went on writing.
      assert.deepStrictEqual(story(api).at(-1), `1000 instances ${params("a", "5")}`)
    }))

  it.effect("updates are left out while the account is throttled, and never exceed its budget", () =>
    Effect.gen(function*() {
      const api = cards()
      const tokens = timed(...Array.from({ length: 100 }, () => [100, "x"] as const))
      const one = DingTalkCards.stream({ ...toPerson, intervalMs: 200 }, tokens)
      yield* run(
        Effect.all(Array.from({ length: 10 }, () => one), { concurrency: "unbounded" }),
        api,
        Fake.account({ rateLimit: 5, rateBurst: 1 })
      )
      const calls = api.seen.slice(1).map(({ at }) => at)
      for (const [index, at] of calls.entries()) {
        if (index > 0) assert.isAtLeast(at - (calls[index - 1] ?? 0), 199)
      }
      assert.strictEqual(
        api.of(cardPath).filter(({ body }) => JSON.stringify(body).includes(`"flowStatus":"3"`)).length,
        10
      )
    }))
})

describe("a text of more than one card", () => {
  const line = (number: number) => `第 ${number} 行：一切正常。`
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `${line(from + index)}\n\n`).join("")
  const small = { ...toPerson, cardCharacters: 200 } as const

  /** What each card shows at last, and its state. */
  const cardsOf = (api: Fake.FakeApi) => {
    const shown = new Map<unknown, { text: string; status: unknown }>()
    for (const { body, path } of api.seen) {
      const data = body["cardData"]
      if (path !== createPath && path !== cardPath) continue
      const { msgContent, flowStatus } = JSON.parse(JSON.stringify(data)).cardParamMap
      shown.set(body["outTrackId"], { text: String(msgContent), status: flowStatus })
    }
    return [...shown.values()]
  }
  const bare = (text: string) => text.replace(/\s/g, "")

  it.effect("that is there at once: one call for each card, all of them finished", () =>
    Effect.gen(function*() {
      const api = cards()
      const text = lines(0, 400)
      const result = valueOf(yield* run(DingTalkCards.stream(toPerson, Stream.make(text)), api))
      const all = cardsOf(api)
      assert.strictEqual(all.length, Math.ceil(text.length / 3_000))
      assert.strictEqual(api.of(createPath).length, all.length)
      for (const { status, text } of all) {
        assert.strictEqual(status, "3")
        assert.isAtMost(text.length, 3_000)
      }
      assert.strictEqual(bare(all.map(({ text }) => text).join("")), bare(text))
      assert.strictEqual(result.more?.length, all.length - 1)
      assert.deepStrictEqual([result.text, result.degraded, result.messages], [text, undefined, undefined])
    }))

  it.effect("that comes slowly: a full card is finished, and the next one goes on", () =>
    Effect.gen(function*() {
      const api = cards()
      const tokens = Stream.range(0, 39).pipe(
        Stream.mapEffect((number) => Effect.delay(Effect.succeed(`${line(number)}\n\n`), 400)),
        Stream.rechunk(1)
      )
      const result = valueOf(yield* run(DingTalkCards.stream(small, tokens), api))
      const all = cardsOf(api)
      assert.isAbove(all.length, 2)
      for (const { status, text } of all) {
        assert.strictEqual(status, "3")
        assert.isAtMost(text.length, 200)
      }
      assert.strictEqual(bare(all.map(({ text }) => text).join("")), bare(lines(0, 40)))
      assert.strictEqual(result.more?.length, all.length - 1)
      // The first card is done before the second one is there.
      const order = api.seen.filter(({ path }) => path === createPath || path === cardPath).map(({ body, path }) =>
        `${path === createPath ? "new" : "set"} ${JSON.stringify(body).includes("\"flowStatus\":\"3\"")}`
      )
      assert.deepStrictEqual(order.indexOf("new false", 1), order.indexOf("set true") + 1)
    }))

  it.effect("code and tables go on as what they are", () =>
    Effect.gen(function*() {
      const api = cards()
      const table = `| 项目 | 结果 |\n|---|---|\n${Array.from({ length: 30 }, (_, n) => `| ${n} | 成功 |`).join("\n")}`
      const code = `\`\`\`ts\n${Array.from({ length: 30 }, (_, n) => `const a${n} = ${n}`).join("\n")}\n\`\`\``
      for (const text of [table, code]) valueOf(yield* run(DingTalkCards.stream(small, Stream.make(text)), api))
      for (const { text } of cardsOf(api)) assert.match(text, /^(?:\| 项目 \| 结果 \|\n\|---|```ts\n[^`]*\n```$)/)
    }))

  it.effect("what a program prints looks as it does on a terminal, on every card", () =>
    Effect.gen(function*() {
      const api = cards()
      const text = Array.from({ length: 40 }, (_, n) => `/dev/sd${n}    ${n}G   1G  /mnt`).join("\n")
      valueOf(yield* run(DingTalkCards.stream({ ...small, renderMode: "auto" }, Stream.make(text)), api))
      const all = cardsOf(api)
      for (const { text } of all) {
        assert.match(text, /^```\n[^`]*\n```$/)
        assert.isAtMost(text.length, 200)
      }
      assert.strictEqual(bare(all.map(({ text }) => text).join("")).replaceAll("`", ""), bare(text))
    }))

  it.effect("whose second card can't be: the rest goes out as messages, and the first stays finished", () =>
    Effect.gen(function*() {
      const api = cards((seen, nth) =>
        seen.path === createPath && nth === 2
          ? { status: 403, body: { code: "Forbidden.AccessDenied.AccessTokenPermissionDenied" } }
          : undefined
      )
      const text = lines(0, 30)
      const result = valueOf(yield* run(DingTalkCards.stream(small, Stream.make(text)), api))
      assert.strictEqual(result.degraded?._tag, "PermissionDenied")
      const [card] = cardsOf(api)
      assert.strictEqual(card?.status, "3")
      const sent = api.of(Fake.userPath).map(({ body }) => JSON.parse(String(body["msgParam"])).text).join("")
      assert.strictEqual(bare(`${card?.text}${sent}`), bare(text))
      assert.isString(result.outTrackId)
      assert.isUndefined(result.more)
    }))

  it.effect("whose handler is interrupted: the card that is being written is marked failed, the full ones are not", () =>
    Effect.gen(function*() {
      const api = cards()
      yield* Effect.gen(function*() {
        const tokens = Stream.concat(Stream.make(lines(0, 20)), Stream.concat(timed([2_500, "more"]), Stream.never))
        const fiber = yield* Effect.fork(DingTalkCards.stream(small, tokens))
        yield* TestClock.adjust("5 seconds")
        yield* Fiber.interrupt(fiber)
      }).pipe(inWorld(api))
      assert.deepStrictEqual(cardsOf(api).map(({ status }) => status), ["3", "5"])
    }))

  it.effect("blanks behind a full card begin no other one", () =>
    Effect.gen(function*() {
      const api = cards()
      const tokens = timed([0, "字".repeat(190)], [2_000, "\n".repeat(20)], [2_000, "\n"])
      const result = valueOf(yield* run(DingTalkCards.stream(small, tokens), api))
      assert.deepStrictEqual(cardsOf(api).map(({ status, text }) => [status, bare(text)]), [["3", "字".repeat(190)]])
      assert.isUndefined(result.more)
    }))

  for (
    const [what, answer] of [
      ["can't be made", { status: 403, body: { code: "Forbidden.AccessDenied.AccessTokenPermissionDenied" } }],
      ["can't be made for now", { status: 429, body: "" }]
    ] as const
  ) {
    it.effect(`that fails behind a full card, whose next one ${what}: the full one is marked failed`, () =>
      Effect.gen(function*() {
        const api = cards(({ path }, nth) => path === createPath && nth >= 2 ? answer : undefined)
        const tokens = Stream.concat(
          timed([0, lines(0, 5)], [2_000, lines(5, 20)]),
          Stream.fromEffect(Effect.delay(Effect.fail("broken"), 2_000))
        )
        yield* Effect.exit(run(DingTalkCards.stream(small, tokens), api))
        assert.strictEqual(cardsOf(api)[0]?.status, "5")
        assert.include(lines(0, 20), cardsOf(api)[0]?.text.trim() ?? "")
        assert.isAbove(cardsOf(api)[0]?.text.length ?? 0, 100)
      }))
  }
})

describe("DingTalkCards.streamReply", () => {
  const route = (overrides: Partial<DingTalkSender.ReplyRoute> = {}): DingTalkSender.ReplyRoute => ({
    accountId: "default",
    chatType: "group",
    chatId: "cidGroup",
    conversationId: "cidGroup",
    senderStaffId: "zhangsan",
    sessionWebhook: SessionWebhookUrl.make(`https://oapi.dingtalk.com${webhookPath}?session=hidden-session`),
    sessionWebhookExpiresAt: undefined,
    ...overrides
  })

  it.effect("goes into the chat of the message", () =>
    Effect.gen(function*() {
      const api = cards()
      valueOf(yield* run(DingTalkCards.streamReply(route(), Stream.make("hi")), api))
      valueOf(yield* run(DingTalkCards.streamReply(route({ chatType: "direct" }), Stream.make("hi")), api))
      assert.deepStrictEqual(api.of(createPath).map(({ body }) => body["openSpaceId"]), [
        "dtv1.card//IM_GROUP.cidGroup",
        "dtv1.card//IM_ROBOT.zhangsan"
      ])
    }))

  it.effect("degrades to the session webhook; so it does for people outside the organisation, without a call", () =>
    Effect.gen(function*() {
      const api = cards((seen) => seen.path === createPath ? { status: 403, body: {} } : undefined)
      const result = valueOf(yield* run(DingTalkCards.streamReply(route(), Stream.make("hi")), api))
      assert.deepStrictEqual([result.degraded?._tag, result.messages?.chunks[0]?.via], ["PermissionDenied", "webhook"])
      const outside = route({ chatType: "direct", senderStaffId: undefined })
      const other = cards()
      const start = yield* Clock.currentTimeMillis
      const plain = valueOf(yield* run(DingTalkCards.streamReply(outside, everySecond), other))
      assert.strictEqual(plain.degraded?._tag, "BadRequest")
      assert.deepStrictEqual(other.seen.map(({ at, path }) => [at, path]), [[start + 3_600, webhookPath]])
    }))
})
