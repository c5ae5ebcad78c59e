import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import type * as Item from "../../../src/sql/internal/Item.ts"
import * as Window from "../../../src/sql/internal/Window.ts"

/** A database of one account, and what others do to it. */
interface World {
  readonly window: Window.Window<undefined>
  readonly rows: Map<number, string>
  readonly handed: Array<Item.Item<undefined>>
  readonly finished: Array<{ readonly line: string; readonly number: number }>
  last: number
}

const loaded = (number: number, line: string): Item.Loaded<undefined> => ({
  number,
  line,
  bytes: 1,
  value: undefined,
  isAhead: false
})

const make = (capacity: number, most: number, mostFollowing = 0, memory?: Item.Memory): World => {
  const handed: Array<Item.Item<undefined>> = []
  return {
    window: Window.make({
      capacity,
      capacityBytes: 1_000,
      memory,
      most,
      mostFollowing,
      mayFollow: ({ number }) => number % 5 > 0,
      onHand: (item) => handed.push(item)
    }),
    rows: new Map(),
    handed,
    finished: [],
    last: 0
  }
}

const store = (world: World, lines: ReadonlyArray<string>, isOwn: boolean) => {
  const first = world.last + 1
  const fresh = lines.map((line, index) => loaded(first + index, line))
  world.last += lines.length
  for (const { line, number } of fresh) world.rows.set(number, line)
  if (isOwn) world.window.stored(fresh, first, world.last)
  else world.window.announced(world.last)
}

/** Asks for what is wanted; gives what brings the answer, as the database was when it was asked, or as it is then. */
const ask = ({ rows, window }: World, isLate = false): (() => void) | undefined => {
  const wanted = window.wanted()
  if (wanted === undefined) return undefined
  const find = () =>
    [...rows].filter(([number, line]) =>
      number > wanted.after && number <= wanted.upTo &&
      (wanted._tag === "Line" ? line === wanted.line : !wanted.without.includes(line))
    ).toSorted(([a], [b]) => a - b).slice(0, wanted.most)
  const before = find()
  return () => {
    const found = isLate ? find() : before
    window.read(wanted, found.map(([number, line]) => loaded(number, line)))
  }
}

/** Reads as the inbox does, until nothing is wanted. */
const readOn = (world: World) => {
  for (let round = 0; round < 1_000; round++) {
    const answer = ask(world)
    if (answer === undefined) return
    answer()
  }
  assert.fail("it reads for ever")
}

const finish = (world: World, item: Item.Item<undefined>) => {
  world.rows.delete(item.number)
  world.finished.push({ line: item.line, number: item.number })
  world.window.done(item)
}

const action = FastCheck.oneof(
  FastCheck.record({
    _tag: FastCheck.constant("store" as const),
    lines: FastCheck.array(FastCheck.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 12 }),
    isOwn: FastCheck.boolean()
  }),
  FastCheck.record({ _tag: FastCheck.constant("begin" as const), which: FastCheck.nat(20) }),
  FastCheck.record({ _tag: FastCheck.constant("end" as const), which: FastCheck.nat(20) }),
  FastCheck.record({ _tag: FastCheck.constant("done" as const), which: FastCheck.nat(20) }),
  FastCheck.record({ _tag: FastCheck.constant("fail" as const), which: FastCheck.nat(20), delay: FastCheck.nat(5) }),
  FastCheck.record({ _tag: FastCheck.constant("decline" as const), which: FastCheck.nat(20) }),
  FastCheck.record({ _tag: FastCheck.constant("reset" as const) }),
  FastCheck.record({ _tag: FastCheck.constant("giveWay" as const) }),
  FastCheck.record({ _tag: FastCheck.constant("ask" as const), isLate: FastCheck.boolean() }),
  FastCheck.record({ _tag: FastCheck.constant("answer" as const) }),
  FastCheck.record({ _tag: FastCheck.constant("tick" as const) })
)

type Action = typeof action extends FastCheck.Arbitrary<infer A> ? A : never

const pick = <A>(items: ReadonlyArray<A>, which: number): A | undefined => items[which % Math.max(1, items.length)]

/** What was between the two that are at work has been forgotten, and the later one fails before it is read again. */
const failsBeforeItIsReadAgain: Array<Action> = [
  { _tag: "store", lines: ["a", "d", "a", "a", "b"], isOwn: false },
  { _tag: "begin", which: 4 },
  { _tag: "fail", which: 0, delay: 0 },
  { _tag: "begin", which: 5 },
  { _tag: "giveWay" },
  { _tag: "begin", which: 0 },
  { _tag: "begin", which: 0 },
  { _tag: "reset" },
  { _tag: "fail", which: 16, delay: 0 }
]

/** What is stored while the rest of its conversation is being read is not in that answer. */
const comesWhileItIsRead: Array<Action> = [
  { _tag: "store", lines: ["a", "a"], isOwn: true },
  { _tag: "begin", which: 0 },
  { _tag: "done", which: 0 },
  { _tag: "answer" },
  { _tag: "begin", which: 0 },
  { _tag: "done", which: 0 },
  { _tag: "ask", isLate: false },
  { _tag: "store", lines: ["a"], isOwn: true },
  { _tag: "answer" }
]

/** All that an answer has is done when it comes, and there is more behind it. */
const isDoneWhenItIsRead: Array<Action> = [
  { _tag: "store", lines: ["a"], isOwn: false },
  { _tag: "answer" },
  { _tag: "store", lines: ["a"], isOwn: false },
  { _tag: "begin", which: 0 },
  { _tag: "reset" },
  { _tag: "ask", isLate: false },
  { _tag: "done", which: 0 }
]

describe("the window on an inbox", () => {
  it("handles everything once, in the order of each conversation, whatever fails, is read or is forgotten", () =>
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(action, { maxLength: 60 }),
        FastCheck.integer({ min: 1, max: 10 }),
        FastCheck.constantFrom(1, 3),
        FastCheck.constantFrom(0, 3),
        FastCheck.constantFrom(0, 4, 1_000),
        FastCheck.boolean(),
        (actions, capacity, most, mostFollowing, bytes, isSlow) => {
          let charged = 0
          const world = make(capacity, most, mostFollowing, {
            room: () => bytes - charged,
            charge: (more) => {
              charged += more
              assert.isTrue(charged >= 0 && charged <= bytes, "no more is charged than there is")
            }
          })
          const { handed, rows, window } = world
          let now = 0
          let answer: (() => void) | undefined
          const read = () => {
            answer?.()
            answer = undefined
            readOn(world)
          }
          const begun = () => [...new Set(handed)].filter(({ state }) => state === "begun")
          const atWork = () => [...new Set(handed)].filter(({ state }) => state === "begun" || state === "ended")
          const open = () => [...new Set(handed)].filter(({ state }) => state === "handed")
          const begin = (item: Item.Item<undefined> | undefined) => {
            const inHand = new Set([...open(), ...begun()].map(({ number }) => number))
            if (item === undefined || !window.begin(item)) return
            // It was done after it was read: the database says that it does not wait.
            if (!rows.has(item.number)) return window.done(item)
            const earlier = [...rows].filter(([number, line]) => line === item.line && number < item.number)
            assert.isTrue(
              earlier.every(([number]) => most > 1 && inHand.has(number)),
              "what is earlier is done, or in hand where several are wanted at once"
            )
            assert.strictEqual(atWork().filter(({ number }) => number === item.number).length, 1, "once at a time")
          }
          for (const one of actions) {
            if (one._tag === "store") store(world, one.lines, one.isOwn)
            else if (one._tag === "begin") begin(pick(open(), one.which))
            else if (one._tag === "reset") window.reset()
            else if (one._tag === "ask") answer ??= ask(world, one.isLate)
            else if (one._tag === "answer") read()
            else if (one._tag === "giveWay") {
              const before = charged
              window.giveWay()
              assert.isTrue(charged < before || before === 0, "it gives way, if anything is charged to it")
            } else if (one._tag === "tick") window.release(++now)
            else {
              const item = pick(one._tag === "decline" ? open() : atWork(), one.which)
              if (item === undefined) continue
              if (one._tag === "done") finish(world, item)
              else if (one._tag === "decline") window.decline(item)
              else if (one._tag === "end") window.ended(item)
              else window.again(item, now + one.delay)
            }
            if (answer === undefined && one._tag !== "ask" && !isSlow) readOn(world)
            assert.isAtMost(window.size(), capacity + most)
          }
          // In the end all of it is handled.
          read()
          window.announced(world.last)
          for (let round = 0; round < 5_000 && rows.size > 0; round++) {
            window.release(now += 10)
            readOn(world)
            window.hand()
            for (const item of open()) begin(item)
            const item = atWork()[0]
            if (item !== undefined) finish(world, item)
          }
          assert.strictEqual(rows.size, 0, "nothing is left")
          assert.strictEqual(world.finished.length, world.last, "each once")
          assert.strictEqual(window.size(), 0)
          assert.strictEqual(charged, 0)
        }
      ),
      {
        numRuns: 2_000,
        examples: [
          [failsBeforeItIsReadAgain, 3, 3, 0, 4, false],
          [comesWhileItIsRead, 8, 1, 0, 1_000, true],
          [isDoneWhenItIsRead, 2, 1, 0, 0, true]
        ]
      }
    ))

  it("has as many of a conversation follow on as may", () => {
    const world = make(64, 1, 3)
    store(world, Array.from({ length: 10 }, () => "a"), true)
    assert.deepStrictEqual(world.handed.map(({ number }) => number), [1, 2, 3, 4])
    const [first, second] = world.handed
    if (first === undefined || second === undefined) return assert.fail("nothing was handed out")
    assert.isFalse(world.window.begin(second), "it waits for the first")
    assert.isTrue(world.window.begin(first))
    finish(world, first)
    // The fifth may not, and none behind it.
    assert.deepStrictEqual(world.handed.map(({ number }) => number), [1, 2, 3, 4, 2])
  })

  it("keeps one conversation that floods from filling the memory", () => {
    const world = make(16, 1)
    store(world, Array.from({ length: 1_000 }, () => "flood"), true)
    store(world, ["quiet"], true)
    readOn(world)
    assert.deepStrictEqual(world.handed.map(({ line }) => line), ["flood", "quiet"])
    assert.isAtMost(world.window.size(), 16)
  })
})
