import * as NodeContext from "@effect/platform-node/NodeContext"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as DingTalkConfig from "../src/DingTalkConfig.ts"
import * as DingTalkMemory from "../src/DingTalkMemory.ts"
import { logEvents } from "../src/logEvents.ts"

const config = (ordering: string) =>
  DingTalkConfig.layerUnknown({ clientId: "dingabc", clientSecret: "secret-of-the-test", ordering })

const memory = (options?: DingTalkMemory.Options) =>
  DingTalkMemory.layer(options).pipe(
    Layer.provide(config("conversation")),
    Layer.provideMerge(KeyValueStore.layerMemory)
  )

const talk = (text: string, conversationId = "cid1") => ({
  accountId: "default",
  conversationId,
  chatId: "zhangsan",
  senderName: "张三",
  text
})

const echo = DingTalkMemory.remembering((message: ReturnType<typeof talk>, turns) =>
  message.text === "fail"
    ? Effect.fail("broken" as const)
    : Effect.succeed(`${turns.map(({ text }) => text).join("|")}>${message.text}`)
)

describe("the memory of turns", () => {
  it.effect("gives what was said to the next answer, and keeps conversations and accounts apart", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* echo(talk("一")), ">一")
      assert.strictEqual(yield* echo(talk("二")), "一|>一>二")
      assert.strictEqual(yield* echo(talk("甲", "cid2")), ">甲")
      assert.strictEqual(yield* echo({ ...talk("x"), accountId: "other" }), ">x")
      const { turns } = yield* DingTalkMemory.DingTalkMemory
      assert.deepStrictEqual((yield* turns(talk("")))[0], { role: "user", text: "一", name: "张三", at: 0 })
    }).pipe(Effect.provide(memory())))

  it.effect("remembers nothing of a question that was not answered", () =>
    Effect.gen(function*() {
      assert.isTrue(Either.isLeft(yield* Effect.either(echo(talk("fail")))))
      assert.strictEqual(yield* echo(talk("二")), ">二")
    }).pipe(Effect.provide(memory())))

  it.effect("remembers no turn without text, which models refuse", () =>
    Effect.gen(function*() {
      const answer = DingTalkMemory.remembering((message: ReturnType<typeof talk> & { readonly msgtype: string }) =>
        Effect.succeed(message.text === "" ? "一只猫" : " \n")
      )
      yield* answer({ ...talk("你好"), msgtype: "text" })
      yield* answer({ ...talk(""), msgtype: "picture" })
      const { turns } = yield* DingTalkMemory.DingTalkMemory
      assert.deepStrictEqual((yield* turns(talk(""))).map(({ text }) => text), ["[picture]", "一只猫"])
    }).pipe(Effect.provide(memory())))

  it.effect("is bounded, forgets in time, and on request", () =>
    Effect.gen(function*() {
      const { forget, turns } = yield* DingTalkMemory.DingTalkMemory
      for (const text of ["一", "二", "三"]) yield* echo(talk(text))
      assert.deepStrictEqual((yield* turns(talk(""))).map(({ role }) => role), ["user", "assistant"])
      yield* TestClock.adjust("59 minutes")
      assert.lengthOf(yield* turns(talk("")), 2)
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(yield* turns(talk("")), 0)
      yield* echo(talk("四"))
      yield* forget(talk(""))
      assert.lengthOf(yield* turns(talk("")), 0)
    }).pipe(Effect.provide(memory({ maxTurns: 2, expireAfter: "1 hour" }))))

  it.effect("warns of an account whose messages are handled side by side", () =>
    Effect.gen(function*() {
      const seen: Array<readonly [unknown, unknown]> = []
      const logger = Logger.make(({ annotations, message }) => {
        seen.push([message, Option.getOrUndefined(HashMap.get(annotations, "accounts"))])
      })
      const build = (ordering: string) =>
        Layer.build(DingTalkMemory.layer().pipe(Layer.provide([config(ordering), KeyValueStore.layerMemory]))).pipe(
          Effect.provide(Logger.replace(Logger.defaultLogger, logger))
        )
      yield* Effect.scoped(build("conversation"))
      assert.deepStrictEqual(seen, [])
      yield* Effect.scoped(build("unordered"))
      assert.deepStrictEqual(seen, [[[logEvents.memoryUnordered], "default"]])
    }))

  it.scoped("is kept in files, whatever a conversation is called", () =>
    Effect.gen(function*() {
      const directory = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "memory-"))),
        (path) => Effect.sync(() => rmSync(path, { recursive: true }))
      )
      const files = () =>
        DingTalkMemory.layer().pipe(
          Layer.provide(config("conversation")),
          Layer.provide(KeyValueStore.layerFileSystem(directory)),
          Layer.provide(NodeContext.layer)
        )
      const strange = "cid/../+a=%2F 会"
      yield* Effect.provide(echo(talk("一", strange)), files())
      assert.strictEqual(yield* Effect.provide(echo(talk("二", strange)), files()), "一|>一>二")
      assert.lengthOf(readdirSync(directory), 1)
    }))
})

describe("state", () => {
  it.scoped("loses no change of those that are made at once", () =>
    Effect.gen(function*() {
      const counter = yield* DingTalkMemory.makeState({ name: "counter", schema: Schema.Number })
      const add = counter.update(talk(""), (before) => Option.some(Option.getOrElse(before, () => 0) + 1))
      yield* Effect.all(Array.from({ length: 50 }, () => add), { concurrency: "unbounded" })
      assert.deepStrictEqual(yield* counter.get(talk("")), Option.some(50))
      assert.deepStrictEqual(yield* counter.update(talk(""), Option.none), Option.none())
    }).pipe(Effect.provide(KeyValueStore.layerMemory)))

  it.scoped("fails with a typed error on what can't be read", () =>
    Effect.gen(function*() {
      let calls = 0
      const text = yield* DingTalkMemory.makeState({ name: "x", schema: Schema.String })
      yield* text.set(talk(""), "a")
      const number = yield* DingTalkMemory.makeState({ name: "x", schema: Schema.Number })
      const read = yield* Effect.either(number.update(talk(""), (before) => {
        calls += 1
        return before
      }))
      assert.deepStrictEqual(Either.getLeft(read).pipe(Option.map(({ _tag }) => _tag)), Option.some("ParseError"))
      assert.strictEqual(calls, 0)
    }).pipe(Effect.provide(KeyValueStore.layerMemory)))

  it.scoped("can be forgotten or set anew, whatever stands there", () =>
    Effect.gen(function*() {
      const text = yield* DingTalkMemory.makeState({ name: "x", schema: Schema.String })
      const number = yield* DingTalkMemory.makeState({ name: "x", schema: Schema.Number })
      yield* text.set(talk(""), "a")
      yield* number.set(talk(""), 1)
      assert.deepStrictEqual(yield* number.get(talk("")), Option.some(1))
      yield* text.forget(talk(""))
      assert.deepStrictEqual(yield* number.get(talk("")), Option.none())
    }).pipe(Effect.provide(KeyValueStore.layerMemory)))
})
