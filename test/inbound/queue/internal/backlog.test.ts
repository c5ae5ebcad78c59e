import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Backlog from "../../../../src/inbound/queue/internal/backlog.ts"

interface Item {
  readonly key: string
  readonly places: number
  readonly number: number
}

const overflows: ReadonlyArray<Backlog.Overflow> = ["dropNewest", "dropOldest"]

const sum = (items: ReadonlyArray<Item>) => items.reduce((sum, { places }) => sum + places, 0)

/** Who gives way, said as slowly and plainly as possible. */
const victimOf = (waiting: ReadonlyArray<Item>, overflow: Backlog.Overflow): Item | undefined => {
  const ofKey = (key: string) => waiting.filter((item) => item.key === key)
  const most = Math.max(...waiting.map(({ key }) => sum(ofKey(key))))
  const inFullest = waiting.filter(({ key }) => sum(ofKey(key)) === most)
  return overflow === "dropNewest" ? inFullest.at(-1) : inFullest[0]
}

const operations = FastCheck.array(
  FastCheck.oneof(
    {
      weight: 6,
      arbitrary: FastCheck.record({
        key: FastCheck.constantFrom("a", "b", "c", "d", "e"),
        places: FastCheck.constantFrom(1, 1, 1, 2, 5)
      })
    },
    { weight: 2, arbitrary: FastCheck.record({ take: FastCheck.constantFrom("a", "b", "c", "d", "e") }) },
    { weight: 2, arbitrary: FastCheck.record({ done: FastCheck.nat(3) }) },
    { weight: 1, arbitrary: FastCheck.constant("clear" as const) }
  ),
  { maxLength: 150, size: "max" }
)

describe("backlog", () => {
  for (const overflow of overflows) {
    it(`${overflow}: the ${overflow === "dropNewest" ? "newest" : "oldest"} of the fullest conversation gives way`, () => {
      FastCheck.assert(
        FastCheck.property(FastCheck.integer({ min: 1, max: 8 }), FastCheck.boolean(), operations, (
          capacity,
          ordered,
          ops
        ) => {
          const backlog = Backlog.make<Item>({
            capacity,
            ordered,
            overflow,
            keyOf: ({ key }) => key,
            placesOf: ({ places }) => places
          })
          const conversations = new Map<string, Backlog.Conversation<Item>>()
          const atWork: Array<Backlog.Conversation<Item>> = []
          let waiting: ReadonlyArray<Item> = []
          ops.forEach((op, number) => {
            if (op === "clear") {
              assert.deepStrictEqual(backlog.clear(), waiting)
              waiting = []
            } else if ("take" in op) {
              const conversation = conversations.get(op.take)
              // Where order is kept, a conversation at work is not taken from.
              if (conversation === undefined || (ordered && atWork.includes(conversation))) return
              const expected = waiting.find(({ key }) => key === op.take)
              assert.strictEqual(Backlog.isReady(conversation), expected !== undefined)
              assert.strictEqual(backlog.next(conversation), expected)
              if (expected === undefined) return
              waiting = waiting.filter((item) => item !== expected)
              atWork.push(conversation)
            } else if ("done" in op) {
              for (const conversation of atWork.splice(op.done, 1)) backlog.done(conversation)
            } else {
              const item = { key: op.key, places: Math.min(capacity, op.places), number }
              const isRefused = backlog.refuses(item)
              conversations.set(op.key, backlog.add(item))
              waiting = [...waiting, item]
              assert.strictEqual(
                isRefused,
                overflow === "dropNewest" && backlog.isOverfull() && victimOf(waiting, overflow) === item
              )
              while (backlog.isOverfull()) {
                const victim = victimOf(waiting, overflow)
                assert.strictEqual(backlog.giveWay(), victim)
                waiting = waiting.filter((item) => item !== victim)
              }
            }
            assert.isAtMost(sum(waiting), capacity)
            assert.strictEqual(backlog.size(), waiting.length)
          })
        }),
        { numRuns: 500 }
      )
    })
  }

  it("conversations in which nothing happens are forgotten, and no others", () => {
    const backlog = Backlog.make<string>({
      capacity: 1,
      ordered: true,
      overflow: "dropNewest",
      keyOf: (item) => item,
      placesOf: () => 1
    })
    const say = (item: string) => {
      const conversation = backlog.add(item)
      backlog.next(conversation)
      return conversation
    }
    const atWork = say("at work")
    const idle = say("idle")
    backlog.done(idle)
    for (let number = 0; number < Backlog.mostIdle; number++) backlog.done(say(`${number}`))
    assert.strictEqual(backlog.add("at work"), atWork)
    assert.notStrictEqual(backlog.add("idle"), idle)
  })

  it("for one conversation that floods, dropNewest drops the newcomer", () => {
    const backlog = Backlog.make<string>({
      capacity: 2,
      ordered: false,
      overflow: "dropNewest",
      keyOf: () => "it",
      placesOf: () => 1
    })
    for (const item of ["a", "b", "c"]) backlog.add(item)
    assert.strictEqual(backlog.giveWay(), "c")
  })
})
