import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { fifo, lanes, type Overflow } from "../../src/inbound/internal/waitingLine.ts"

interface Item {
  readonly key: string
  readonly n: number
}

const overflows: ReadonlyArray<Overflow> = ["dropNewest", "dropOldest"]

/** What a line must do, said as slowly and plainly as possible. */
const model = (capacity: number, overflow: Overflow, ordered: boolean) => {
  const waiting: Array<Item> = []
  const busy = new Set<string>()
  let turns: Array<string> = []
  const refresh = () => {
    const wanting = new Set(waiting.map(({ key }) => key).filter((key) => !busy.has(key)))
    turns = turns.filter((key) => wanting.has(key))
    for (const key of wanting) if (!turns.includes(key)) turns.push(key)
  }
  return {
    offer: (item: Item): Item | undefined => {
      const full = waiting.length >= capacity
      if (full && overflow === "dropNewest") return item
      const victim = full ? waiting.shift() : undefined
      refresh()
      waiting.push(item)
      refresh()
      return victim
    },
    take: (): Item | undefined => {
      if (!ordered) return waiting.shift()
      const key = turns.shift()
      if (key === undefined) return undefined
      busy.add(key)
      const index = waiting.findIndex((item) => item.key === key)
      const [item] = waiting.splice(index, 1)
      refresh()
      return item
    },
    done: (item: Item) => {
      busy.delete(item.key)
      refresh()
    },
    size: () => waiting.length,
    ready: () => (ordered ? turns.length > 0 : waiting.length > 0)
  }
}

const operations = FastCheck.array(
  FastCheck.oneof(
    { weight: 5, arbitrary: FastCheck.constantFrom("a", "b", "c").map((key) => ({ offer: key })) },
    { weight: 3, arbitrary: FastCheck.constant("take" as const) },
    { weight: 3, arbitrary: FastCheck.nat(7).map((done) => ({ done })) }
  ),
  { maxLength: 120 }
)

describe("waitingLine", () => {
  for (const overflow of overflows) {
    for (const ordered of [false, true]) {
      it(`${ordered ? "lanes" : "fifo"} with ${overflow} does what the model does`, () => {
        FastCheck.assert(
          FastCheck.property(FastCheck.integer({ min: 1, max: 6 }), operations, (capacity, ops) => {
            const line = ordered
              ? lanes<Item>(capacity, overflow, ({ key }) => key)
              : fifo<Item>(capacity, overflow)
            const expected = model(capacity, overflow, ordered)
            const taken: Array<Item> = []
            ops.forEach((op, n) => {
              if (op === "take") {
                const item = line.take()
                assert.deepStrictEqual(item, expected.take())
                if (item !== undefined) taken.push(item)
              } else if ("offer" in op) {
                const item = { key: op.offer, n }
                assert.deepStrictEqual(line.offer(item), expected.offer(item))
              } else {
                const [item] = taken.splice(op.done, 1)
                if (item !== undefined) {
                  line.done(item)
                  expected.done(item)
                }
              }
              assert.strictEqual(line.size(), expected.size())
              assert.isAtMost(line.size(), capacity)
              assert.strictEqual(line.ready(), expected.ready())
            })
          }),
          { numRuns: 300 }
        )
      })
    }
  }

  it("lanes of a million conversations leave nothing behind", () => {
    const line = lanes<Item>(4, "dropOldest", ({ key }) => key)
    for (let n = 0; n < 100_000; n++) {
      line.offer({ key: `c${n}`, n })
      if (n % 3 === 0) {
        const item = line.take()
        if (item !== undefined) line.done(item)
      }
    }
    for (let item = line.take(); item !== undefined; item = line.take()) line.done(item)
    assert.strictEqual(line.size(), 0)
    assert.isFalse(line.ready())
  })
})
