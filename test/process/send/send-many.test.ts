import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as FakeDingTalk from "../../../src/testing/FakeDingTalk.ts"
import * as Script from "../../../src/testing/Script.ts"
import { room } from "../utils/marks.ts"
import * as Program from "../utils/Program.ts"

const usersPath = "/v1.0/robot/oToMessages/batchSend"

const people = (count: number) => Array.from({ length: count }, (_, index) => `u${index}`)

const prepared = Effect.gen(function*() {
  const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
  const config = yield* Program.configFile({ ...fake.config, rateBurst: 100 })
  return { fake, args: ["send", "--config", config] }
})

const outcomesOf = (objects: ReadonlyArray<Record<string, unknown>>) =>
  objects.map(({ outcome, to }) => `${String(to)} ${String(outcome)}`)

describe("send, to many", () => {
  it.scopedLive("people 20 per call, groups one by one; a line for each, and 1 when it did not get to everybody", () =>
    Effect.gen(function*() {
      const { args, fake } = yield* prepared
      yield* fake.refuseUsers({ invalid: ["u3"], flowControlled: ["u41"] })
      yield* fake.refuseGroup("cidGone")
      const list = ["# all", "cidA", ...people(45), "u7", "cidGone", ""].join("\r\n")
      const { code, objects, stderr } = yield* Program.run([...args, "--to-file", "-", "--text", "hi"], { stdin: list })
      assert.strictEqual(code, 1)
      assert.strictEqual(stderr, "44 of 47 sent, 2 refused, 1 failed\n")
      const sends = yield* fake.sends
      assert.deepStrictEqual(sends.map(({ userIds }) => userIds.length), [20, 20, 5, 0])
      assert.deepStrictEqual(
        outcomesOf(objects()),
        [
          ...people(45).map((id) => `user:${id} ${id === "u3" || id === "u41" ? "refused" : "sent"}`),
          "chat:cidA sent",
          "chat:cidGone failed"
        ]
      )
      assert.containSubset(objects()[0], { messageId: sends[0]?.processQueryKey })
      assert.containSubset(objects()[3], { reason: "invalid" })
      assert.containSubset(objects()[45], { messageId: sends[3]?.processQueryKey })
    }))

  it.scopedLive("--to again and again; a file is uploaded once; 0 when everybody got it", () =>
    Effect.gen(function*() {
      const { args, fake } = yield* prepared
      const path = join(yield* room, "a.pdf")
      writeFileSync(path, "pdf!")
      const { code, objects, stderr } = yield* Program.run([
        ...args,
        ...["zhangsan", "lisi", "user:zhangsan", "cidA"].flatMap((one) => ["--to", one]),
        "--file",
        path
      ])
      assert.strictEqual(code, 0, stderr)
      assert.strictEqual(stderr, "3 of 3 sent\n")
      assert.strictEqual((yield* fake.uploads).length, 1)
      assert.deepStrictEqual((yield* fake.sends).map(({ conversationId, userIds }) => conversationId ?? userIds), [
        ["zhangsan", "lisi"],
        "cidA"
      ])
      assert.deepStrictEqual(outcomesOf(objects()), ["user:zhangsan sent", "user:lisi sent", "chat:cidA sent"])
    }))

  it.scopedLive("each target has a card of its own, and one that can't be shown does not keep the others from theirs", () =>
    Effect.gen(function*() {
      const { args, fake } = yield* prepared
      yield* fake.refuseUsers({ invalid: ["nobody"] })
      const to = ["zhangsan", "nobody", "cidA"].flatMap((one) => ["--to", one])
      const { code, objects } = yield* Program.run([...args, ...to, "--card-template", "t", "--param", "title=T"])
      assert.strictEqual(code, 1)
      assert.deepStrictEqual(outcomesOf(objects()), ["user:zhangsan sent", "user:nobody failed", "chat:cidA sent"])
      const shown = (yield* fake.cards).filter(({ places }) => places.length > 0)
      assert.deepStrictEqual(
        shown.map(({ outTrackId, places }) => [outTrackId, places.map(({ to }) => to)]),
        [[objects()[0]?.["outTrackId"], ["zhangsan"]], [objects()[2]?.["outTrackId"], ["cidA"]]]
      )
    }))

  it.scopedLive("what would meet everybody stops it, and a later run goes on from what was printed", () =>
    Effect.gen(function*() {
      const { args, fake } = yield* prepared
      yield* fake.answerNext(usersPath, "handle", Script.refusals.quotaUsedUp)
      const directory = yield* room
      const list = join(directory, "people.txt")
      const result = join(directory, "result.jsonl")
      writeFileSync(list, people(45).join("\n"))
      const again = [...args, "--to-file", list, "--text", "hi"]

      const first = yield* Program.run(again)
      assert.strictEqual(first.code, 1)
      assert.include(first.stderr, "20 of 45 sent, 20 failed, 5 not tried\n")
      assert.include(first.stderr, "quota")
      assert.strictEqual(first.objects().length, 40)
      writeFileSync(result, first.stdout)

      const second = yield* Program.run([...again, "--resume", result])
      assert.strictEqual(second.code, 0, second.stderr)
      assert.strictEqual(second.stderr, "25 of 25 sent\n")
      const reached = (yield* fake.replies).map(({ to }) => to)
      assert.deepStrictEqual(reached, people(45))

      writeFileSync(result, first.stdout + second.stdout)
      const third = yield* Program.run([...again, "--resume", result])
      assert.deepStrictEqual([third.code, third.stdout], [0, ""])
      assert.include(third.stderr, "nothing is left to be sent")
    }))

  it.scopedLive("stopped by Ctrl-C, it says what it knows, and that it is not done", () =>
    Effect.gen(function*() {
      const { args, fake } = yield* prepared
      yield* fake.answerNext(usersPath, "handle", "handleThenHang")
      const program = yield* Program.start([...args, "--to-file", "-", "--text", "hi"], {
        stdin: people(45).join("\n")
      })
      yield* program.untilLines(20)
      yield* fake.awaitRequests(usersPath, 2)
      yield* program.signal("SIGINT")
      const { code, tookMs } = yield* program.ended
      assert.strictEqual(code, 1)
      assert.isBelow(tookMs, 7_000)
      assert.deepStrictEqual(
        outcomesOf(program.objects()),
        people(40).map((id, index) => `user:${id} ${index < 20 ? "sent" : "unknown"}`)
      )
      assert.include(program.stderr(), "20 of 45 sent, 20 unknown (may have arrived), 5 not tried\n")
    }))

  it.scopedLive("bad lines of a list are named, and nobody gets anything", () =>
    Effect.gen(function*() {
      const { args, fake } = yield* prepared
      const { code, stderr, stdout } = yield* Program.run([...args, "--to-file", "-", "--text", "hi"], {
        stdin: "zhangsan\n\nuser:\nli si\n"
      })
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.include(stderr, "--to-file -, line 3: \"user:\" names nobody")
      assert.include(stderr, "--to-file -, line 4: \"li si\" is more than one word")
      assert.deepStrictEqual(yield* fake.sends, [])
    }))

  it.scopedLive("a list that Windows wrote, in UTF-16, is read", () =>
    Effect.gen(function*() {
      const { args, fake } = yield* prepared
      const list = join(yield* room, "people.txt")
      writeFileSync(list, Buffer.from("\ufeffuser:zhangsan\r\n", "utf16le"))
      const sent = yield* Program.run([...args, "--to-file", list, "--text", "hi"])
      assert.strictEqual(sent.code, 0, sent.stderr)
      assert.deepStrictEqual((yield* fake.replies).map(({ to }) => to), ["zhangsan"])
    }))
})
