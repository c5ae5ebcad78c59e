/** Histories of chance of an inbox in a SQLite file: what arrives and comes again, fails, takes its time, stops and crashes. */
import { assert, describe, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Scope from "effect/Scope"
import type { Message } from "../../src/inbound/message/Message.ts"
import { DingTalkInbox } from "../../src/sql/index.ts"
import { settle } from "../utils/settle.ts"
import { seconds } from "../utils/world.ts"
import { client, crashed, file, freshId, robot } from "./world.ts"

const maxAttempts = 3

const action = FastCheck.oneof(
  {
    weight: 5,
    arbitrary: FastCheck.record({
      _tag: FastCheck.constant("say" as const),
      conversation: FastCheck.nat(2),
      times: FastCheck.integer({ min: 1, max: 6 }),
      /** How many of its attempts fail, and how long each of them takes, in seconds. */
      failures: FastCheck.constantFrom(0, 0, 0, 0, 1, 2, 3),
      takes: FastCheck.constantFrom(0, 0, 0, 1)
    })
  },
  { weight: 2, arbitrary: FastCheck.record({ _tag: FastCheck.constant("again" as const), which: FastCheck.nat(30) }) },
  {
    weight: 2,
    arbitrary: FastCheck.record({
      _tag: FastCheck.constant("pass" as const),
      ms: FastCheck.oneof(FastCheck.constant(20), FastCheck.nat(3_000))
    })
  },
  { weight: 1, arbitrary: FastCheck.record({ _tag: FastCheck.constant("stop" as const) }) },
  { weight: 1, arbitrary: FastCheck.record({ _tag: FastCheck.constant("crash" as const) }) }
)

interface Said {
  readonly msgId: string
  readonly conversation: string
  readonly failures: number
  readonly takes: number
  /** How many crashes there had been when it was said. */
  readonly crashes: number
}

describe("an inbox in a SQLite file, whatever happens", () => {
  it.scoped.prop(
    "handles everything, once, in the order of its conversation, or buries it after all its attempts",
    [FastCheck.array(action, { minLength: 5, maxLength: 40 })],
    ([actions]) =>
      Effect.gen(function*() {
        const id = freshId()
        const said = new Map<string, Said>()
        const begun: Array<{ readonly msgId: string; readonly attempt: number }> = []
        /** Handled to its end, or buried. */
        const over: Array<string> = []
        const buried = new Set<string>()
        const failed = new Map<string, number>()
        const atWork = new Map<string, string>()
        let crashes = 0
        let stops = 0
        const handlers = {
          onMessage: ({ attempt, conversationId, messageId }: Message) =>
            Effect.gen(function*() {
              assert.isUndefined(atWork.get(conversationId), "one of a conversation at a time")
              atWork.set(conversationId, messageId)
              begun.push({ msgId: messageId, attempt })
              const { failures = 0, takes = 0 } = said.get(messageId) ?? {}
              if (takes > 0) yield* Effect.sleep(takes * 1_000)
              const before = failed.get(messageId) ?? 0
              if (before < failures) {
                failed.set(messageId, before + 1)
                return yield* Effect.fail("not now")
              }
              over.push(messageId)
            }).pipe(Effect.ensuring(Effect.sync(() => atWork.delete(conversationId)))),
          onDeadLetter: ({ messageId }: Message) =>
            Effect.sync(() => {
              buried.add(messageId)
              over.push(messageId)
            })
        }
        let filename = yield* file
        const start = Effect.gen(function*() {
          const scope = yield* Scope.make()
          const { answers, say } = yield* Scope.extend(
            robot(filename, handlers, { id }, { maxAttempts, retryDelay: "1 second" }),
            scope
          )
          return { answers, say, close: Scope.close(scope, Exit.void) }
        })
        let running = yield* start
        let frames = 0
        for (const one of actions) {
          if (one._tag === "say") {
            const first = frames
            for (let time = 0; time < one.times; time++) {
              const msgId = `m${said.size}`
              const conversation = `cid${one.conversation}`
              // Of several, the second fails.
              const failures = one.times > 1 && time !== 1 ? 0 : one.failures
              said.set(msgId, { msgId, conversation, failures, takes: one.takes, crashes })
              running.say(msgId, { conversationId: conversation, frameId: `f${frames++}` })
            }
            yield* settle
            const frameIds = Array.from({ length: one.times }, (_, index) => `f${first + index}`)
            assert.containsAllKeys(running.answers(), frameIds, "they are acknowledged")
          } else if (one._tag === "again") {
            const known = [...said.values()][one.which % Math.max(1, said.size)]
            if (known === undefined) continue
            running.say(known.msgId, { conversationId: known.conversation, frameId: `f${frames++}` })
            yield* settle
            assert.isTrue(running.answers().has(`f${frames - 1}`), "what is known is acknowledged")
          } else if (one._tag === "pass") yield* seconds(one.ms / 1_000)
          else {
            // What the old process does behind the moment of its crash is not in the file that the next one gets.
            const left = one._tag === "crash" ? yield* crashed(filename) : filename
            yield* running.close
            filename = left
            if (one._tag === "crash") crashes += 1
            else stops += 1
            running = yield* start
          }
        }
        for (let round = 0; round < 60 && over.length < said.size; round++) yield* seconds(5)
        yield* seconds(1)
        yield* running.close

        assert.sameMembers(over, [...said.keys()], "each comes to one end")
        for (const { crashes: before, failures, msgId } of said.values()) {
          const attempts = begun.filter((it) => it.msgId === msgId).map(({ attempt }) => attempt)
          assert.deepStrictEqual(attempts, attempts.toSorted((a, b) => a - b), "attempts are counted on")
          assert.isAtMost(attempts.length, maxAttempts + stops, "no more than there may be")
          if (buried.has(msgId)) assert.isAtLeast(failures + crashes - before, maxAttempts, "not before it must be")
        }
        const byConversation = (ids: Iterable<string>) =>
          Arr.groupBy([...ids], (msgId) => said.get(msgId)?.conversation ?? "")
        assert.deepStrictEqual(byConversation(over), byConversation(said.keys()), "in order")
        const rows = yield* Effect.provide(
          DingTalkInbox.list({ states: ["waiting", "done", "dead", "dropped"] }),
          client(filename)
        )
        assert.deepStrictEqual(
          rows.map(({ id, state }) => [id, state]),
          Array.from(said.keys(), (msgId) => [msgId, buried.has(msgId) ? "dead" : "done"])
        )
      }),
    { fastCheck: { numRuns: 25 }, timeout: 120_000 }
  )
})
