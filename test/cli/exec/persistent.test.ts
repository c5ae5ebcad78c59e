import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Book from "../../../src/cli/exec/persistent/Book.ts"
import * as Command from "../../../src/cli/exec/persistent/Command.ts"
import * as Lines from "../../../src/cli/exec/persistent/lines.ts"
import * as Odd from "../../../src/cli/exec/persistent/odd.ts"
import * as Split from "../../../src/cli/exec/persistent/split.ts"
import type { Task } from "../../../src/cli/exec/persistent/Task.ts"

const problem = (line: string) => Either.getOrElse(Either.flip(Command.decode(line)), () => assert.fail(line))

describe("a line of a persistent program", () => {
  it("is read as what it says", () => {
    const reply = { type: "reply", id: 1, for: "m1", text: "你好", at: ["u1"], more: true }
    assert.deepStrictEqual<unknown>(Command.decode(JSON.stringify(reply)), Either.right(reply))
    assert.isTrue(Either.isRight(Command.decode(" {\"type\":\"done\",\"for\":\"m1\"}\r")))
  })

  it("that is none is told with its place, what was found, and the way out", () => {
    const told: ReadonlyArray<readonly [line: string, code: string, message: string, hint: string]> = [
      ["hello", "NotJson", "the line is not a JSON object", "print everything else to stderr"],
      ["[1]", "NotJson", "the line is not a JSON object", "stdout is for commands"],
      ["null", "NotJson", "the line is not a JSON object", "stdout is for commands"],
      ["{}", "NotACommand", "there is no type", "one of reply, send"],
      ["{\"type\":\"error\",\"id\":null}", "Echoed", "is for the program to read", "prints what it reads"],
      ["{\"type\":\"Reply\"}", "NotACommand", "there is no type \"Reply\"", "did you mean reply?"],
      ["{\"type\":\"toString\"}", "NotACommand", "there is no type \"toString\"", "one of reply, send"],
      ["{\"type\":\"reply\",\"text\":\"x\"}", "BadCommand", "reply needs for", "reply has the fields"],
      [
        "{\"type\":\"reply\",\"for\":\"m1\",\"txt\":\"x\"}",
        "BadCommand",
        "reply has no field txt",
        "did you mean text?"
      ],
      ["{\"type\":\"reply\",\"for\":\"m1\",\"text\":\" \"}", "BadCommand", "reply.text: must not be blank", "fields"],
      [
        "{\"type\":\"reply\",\"for\":\"m1\"}",
        "BadCommand",
        "exactly one of text, markdown, file, image, card",
        "fields"
      ],
      [
        "{\"type\":\"send\",\"to\":\"u\",\"text\":\"a\",\"file\":\"b\"}",
        "BadCommand",
        "but has text and file",
        "fields"
      ],
      ["{\"type\":\"send\",\"to\":5,\"text\":\"a\"}", "BadCommand", "send.to: must be a target, or a list", "fields"],
      [
        "{\"type\":\"reply\",\"for\":\"m\",\"text\":\"a\",\"title\":\"b\"}",
        "BadCommand",
        "title, which belongs to markdown",
        ""
      ],
      [
        "{\"type\":\"reply\",\"for\":\"m\",\"text\":\"a\",\"at\":\"u\"}",
        "BadCommand",
        "must be a list of staff ids",
        ""
      ],
      ["{\"type\":\"card.create\",\"card\":\"c\"}", "BadCommand", "needs either for", ""],
      [
        "{\"type\":\"card.update\",\"card\":\"c\",\"text\":\"a\",\"append\":\"b\"}",
        "BadCommand",
        "append and text",
        ""
      ],
      ["{\"type\":\"recall\",\"messageIds\":\"x\"}", "BadCommand", "recall.messageIds: must be a list", ""],
      [`{"type":"done","for":${"[".repeat(50)}${"]".repeat(50)}}`, "BadCommand", "done is nested too deeply", ""]
    ]
    for (const [line, code, message, hint] of told) {
      const found = problem(line)
      assert.strictEqual(found.code, code, line)
      assert.include(found.message, message, line)
      assert.include(found.hint, hint, line)
    }
  })

  it("keeps its id in the problem, where it has one", () => {
    assert.strictEqual(problem("{\"type\":\"replay\",\"id\":7}").id, 7)
    assert.strictEqual(problem("{\"type\":\"reply\",\"id\":\"a\"}").id, "a")
    assert.strictEqual(problem("{\"type\":\"reply\",\"id\":[]}").id, undefined)
  })

  it("is a command or a problem, whatever it is; never both, and nothing is thrown", () => {
    FastCheck.assert(FastCheck.property(FastCheck.oneof(FastCheck.string(), FastCheck.json()), (line) => {
      const { hint, message } = Either.getOrElse(Either.flip(Command.decode(line)), () => ({ hint: "-", message: "-" }))
      return message.length > 0 && message.length < 500 && hint.length > 0
    }))
  })
})

describe("lines", () => {
  it("are the same, however their bytes are cut", () => {
    const lines = FastCheck.array(FastCheck.string({ unit: "grapheme" }).map((text) => text.replaceAll("\n", "")))
    FastCheck.assert(FastCheck.property(lines, FastCheck.array(FastCheck.nat(40)), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""))
      const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].toSorted((a, b) =>
        a - b
      )
      let held = Split.nothing
      const found: Array<Split.Line> = []
      for (const [index, from] of places.entries()) {
        const [next, some] = Split.add(held, bytes.subarray(from, places[index + 1] ?? bytes.length))
        held = next
        found.push(...some)
      }
      assert.deepStrictEqual(found.map(({ bytes }) => Buffer.from(bytes ?? []).toString()), lines)
      assert.deepStrictEqual(found.map(({ number }) => number), lines.map((_, index) => index + 1))
      assert.deepStrictEqual(Split.rest(held), [])
    }))
  })

  it("that are too long are passed over, and the next one is whole; the last may lack its end", () => {
    const long = Buffer.alloc(Split.maxBytes, "x")
    const [held, lines] = Split.add(Split.add(Split.nothing, long)[0], Buffer.from("y\nnext\nlast"))
    assert.deepStrictEqual(lines.map(({ bytes }) => bytes?.length), [undefined, 4])
    assert.deepStrictEqual(Split.rest(held).map(({ bytes, number }) => [Buffer.from(bytes ?? []).toString(), number]), [
      ["last", 3]
    ])
    assert.strictEqual(
      Split.add(Split.nothing, Buffer.concat([long, Buffer.from("\n")]))[1][0]?.bytes?.length,
      long.length
    )
  })
})

type Step =
  | { readonly _tag: "give"; readonly kind: "message" | "event" | "cardAction" }
  | { readonly _tag: "giveUp"; readonly id: string }
  | { readonly _tag: "command"; readonly command: Command.Command }

const id = FastCheck.constantFrom("m1", "m2", "m3", "e1", "e2", "a2", "a3", "m9")
const card = FastCheck.constantFrom("c1", "c2")
const commands: FastCheck.Arbitrary<Command.Command> = FastCheck.oneof(
  FastCheck.record({ type: FastCheck.constant("reply" as const), for: id, text: FastCheck.constant("x") }),
  FastCheck.record({
    type: FastCheck.constant("reply" as const),
    for: id,
    text: FastCheck.constant("x"),
    more: FastCheck.constant(true)
  }),
  FastCheck.record({ type: FastCheck.constantFrom("done" as const, "failed" as const, "answer" as const), for: id }),
  FastCheck.record({ type: FastCheck.constant("card.create" as const), card, for: id }),
  FastCheck.record({ type: FastCheck.constant("card.update" as const), card, append: FastCheck.string() }),
  FastCheck.record({ type: FastCheck.constant("card.update" as const), card, text: FastCheck.string() }),
  FastCheck.record({ type: FastCheck.constantFrom("card.finish" as const, "card.fail" as const), card })
)
const steps: FastCheck.Arbitrary<ReadonlyArray<Step>> = FastCheck.array(
  FastCheck.oneof(
    {
      weight: 2,
      arbitrary: FastCheck.record({
        _tag: FastCheck.constant("give" as const),
        kind: FastCheck.constantFrom("message" as const, "event" as const, "cardAction" as const)
      })
    },
    { weight: 1, arbitrary: FastCheck.record({ _tag: FastCheck.constant("giveUp" as const), id }) },
    { weight: 6, arbitrary: FastCheck.record({ _tag: FastCheck.constant("command" as const), command: commands }) }
  ),
  { maxLength: 60 }
)

const endsOf = (task: Task<string>): string | undefined =>
  task._tag === "End" ? task.delivery : task._tag === "Reply" || task._tag === "CloseCard" ? task.ends : undefined

describe("the book", () => {
  it("ends each delivery at most once, and writes of each card what was given, in order", () => {
    FastCheck.assert(FastCheck.property(steps, (steps) => {
      let book = Book.empty<string>()
      const ended = new Set<string>()
      const given = new Set<string>()
      const written = new Map<string, string>()
      for (const step of steps) {
        if (step._tag === "give") {
          const [id, next] = Book.give(book, step.kind, step.kind === "message" ? "route" : undefined)
          assert.isFalse(given.has(id))
          given.add(id)
          book = next
          continue
        }
        if (step._tag === "giveUp") {
          if (Book.isOpen(book, step.id)) ended.add(step.id)
          book = Book.close(book, step.id, "givenUp")
          continue
        }
        const judged = Book.judge(book, step.command)
        if (Either.isLeft(judged)) {
          assert.notStrictEqual(judged.left.hint, "")
          continue
        }
        const [task, next] = judged.right
        const ends = endsOf(task)
        if (ends !== undefined) {
          assert.isTrue(given.has(ends))
          assert.isFalse(ended.has(ends), `${ends} ended twice`)
          ended.add(ends)
        }
        if (task._tag === "OpenCard") written.set(task.command.card, "")
        if (task._tag === "WriteCard") {
          written.set(task.card, (written.get(task.card) ?? "") + task.append)
          const text = Option.map(HashMap.get(next.cards, task.card), ({ text }) => text)
          assert.deepStrictEqual(text, Option.some(written.get(task.card) ?? ""))
        }
        book = next
      }
      for (const id of ended) assert.isFalse(Book.isOpen(book, id))
    }))
  })

  const after = (book: Book.Book<string>, ...given: ReadonlyArray<Command.Command>) => {
    let now = book
    let last: ReturnType<typeof Book.judge<string>> | undefined
    for (const command of given) {
      last = Book.judge(now, command)
      if (Either.isRight(last)) now = last.right[1]
    }
    return last ?? assert.fail("nothing was asked for")
  }
  const code = (judged: ReturnType<typeof after>) => Either.isLeft(judged) ? judged.left.code : judged.right[0]._tag
  const [message, one] = Book.give(Book.empty<string>(), "message", "route")
  const [event, book] = Book.give(one, "event", undefined)

  it("a reply without more ends its message; done behind it is no mistake, another reply is possible", () => {
    const reply: Command.Command = { type: "reply", for: message, text: "x" }
    assert.strictEqual(code(after(book, reply, { type: "done", for: message })), "Nothing")
    assert.strictEqual(code(after(book, reply, { type: "failed", for: message })), "TooLate")
    const second = after(book, reply, reply)
    assert.isTrue(Either.isRight(second) && second.right[0]._tag === "Reply" && second.right[0].ends === undefined)
  })

  it("what took too long can be replied to, and no more ended", () => {
    const late = Book.close(book, message, "givenUp")
    assert.strictEqual(code(after(late, { type: "reply", for: message, text: "x" })), "Reply")
    assert.strictEqual(code(after(late, { type: "done", for: message })), "TooLate")
  })

  it("refuses what makes no sense", () => {
    assert.strictEqual(code(after(book, { type: "reply", for: event, text: "x" })), "WrongKind")
    assert.strictEqual(code(after(book, { type: "answer", for: message })), "WrongKind")
    assert.strictEqual(code(after(book, { type: "done", for: "m9" })), "UnknownDelivery")
    assert.strictEqual(code(after(book, { type: "card.update", card: "c", append: "x" })), "UnknownCard")
    const create: Command.Command = { type: "card.create", card: "c", for: message, text: "ab" }
    assert.strictEqual(code(after(book, create, create)), "CardExists")
    assert.strictEqual(code(after(book, create, { type: "card.update", card: "c", text: "x" })), "NotAppended")
    assert.strictEqual(code(after(book, create, { type: "card.update", card: "c", text: "abc" })), "WriteCard")
    const long = "x".repeat(Book.maxCharacters)
    assert.strictEqual(code(after(book, create, { type: "card.update", card: "c", append: long })), "CardFull")
  })

  it("remembers so many that are done, and no more", () => {
    let now = Book.empty<string>()
    for (let n = 0; n < Book.mostClosed + 5; n += 1) {
      const [id, next] = Book.give(now, "message", "route")
      now = Book.close(next, id, "done")
    }
    assert.strictEqual(HashMap.size(now.deliveries), Book.mostClosed)
    assert.strictEqual(code(after(now, { type: "reply", for: "m1", text: "x" })), "UnknownDelivery")
  })
})

describe("what a program is told", () => {
  it("is one line, however it is made up", () => {
    FastCheck.assert(FastCheck.property(FastCheck.string(), FastCheck.string(), (id, text) => {
      const failure = Lines.refused({ code: "X", message: text, hint: text })
      for (const line of [Lines.result(id, { text }), Lines.error(id, 1, failure)]) {
        assert.notMatch(line, /[\n\r\u2028]/)
        assert.strictEqual(JSON.parse(line).id, id)
      }
    }))
  })
})

describe("lines that are none", () => {
  it("are answered three in a row, always if they have an id; and read at a pace if there is nothing else", () => {
    const streak = [1, 2, 3, 4, 100, 101]
    assert.deepStrictEqual(streak.map((n) => Odd.isAnswered(undefined, n)), [true, true, true, false, false, false])
    assert.isTrue(streak.every((n) => Odd.isAnswered("a", n)))
    assert.deepStrictEqual(streak.map(Odd.pauseMs), [0, 0, 0, 0, 0, 10])
  })
})
