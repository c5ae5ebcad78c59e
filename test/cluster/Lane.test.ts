import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Lane from "../../src/cluster/Lane.ts"
import * as Delivery from "../../src/inbound/Delivery.ts"
import * as Frame from "../../src/stream/Frame.ts"

const frame = Frame.decode(JSON.stringify({ type: "CALLBACK", headers: { topic: "t", messageId: "m" }, data: "{}" }))
if (typeof frame === "string") throw new Error(frame)
const delivery = Delivery.make(frame, () => false)
const letter = (request: number, isAhead = false): Lane.Letter => ({ request: String(request), delivery, isAhead })

const requests = (tickets: ReadonlyArray<Lane.Ticket<Lane.Letter>>) => tickets.map((ticket) => ticket.letter.request)

const begins = (lane: Lane.Lane<Lane.Letter>, ticket: Lane.Ticket<Lane.Letter>) =>
  lane.begin(ticket) && lane.confirm(ticket)

describe("Lane", () => {
  it("hands out one after the other", () => {
    const lane = Lane.make(1)
    const [one, two] = [letter(1), letter(2)]
    lane.add(one)
    lane.add(two)
    const [ticket] = lane.next()
    assert.deepStrictEqual(requests(lane.next()), [])
    assert.isTrue(ticket !== undefined && begins(lane, ticket))
    lane.remove(one)
    assert.deepStrictEqual(requests(lane.next()), ["2"])
  })

  it("holds up those behind one that failed, and takes back what was handed with it", () => {
    const lane = Lane.make<Lane.Letter>(3)
    const letters = [letter(1), letter(2), letter(3)]
    letters.forEach(lane.add)
    const [first, second] = lane.next()
    assert.isTrue(first !== undefined && begins(lane, first))
    lane.hold(letters[0] ?? letter(0))
    assert.isFalse(second !== undefined && begins(lane, second))
    assert.deepStrictEqual(requests(lane.next()), [])
    lane.resume(letters[0] ?? letter(0))
    assert.deepStrictEqual(requests(lane.next()), ["1", "2", "3"])
  })

  it("lets those that go ahead pass one that is held", () => {
    const lane = Lane.make(1)
    const held = letter(1)
    lane.add(held)
    lane.next()
    lane.hold(held)
    lane.add(letter(2))
    lane.add(letter(3, true))
    assert.deepStrictEqual(requests(lane.next()), ["3"])
  })

  it("forgets what has not begun, and nothing else", () => {
    const lane = Lane.make(1)
    lane.add(letter(1))
    lane.add(letter(2))
    const [ticket] = lane.next()
    assert.isTrue(ticket !== undefined && begins(lane, ticket))
    assert.deepStrictEqual([lane.leave("1"), lane.leave("2"), lane.leave("3")], ["begun", "forgotten", "forgotten"])
    assert.strictEqual(lane.size(), 1)
  })

  it("does not begin what was forgotten before its beginning was kept", () => {
    const lane = Lane.make(1)
    lane.add(letter(1))
    const [ticket] = lane.next()
    assert.isTrue(ticket !== undefined && lane.begin(ticket))
    assert.strictEqual(lane.leave("1"), "forgotten")
    assert.isFalse(ticket !== undefined && lane.confirm(ticket))
  })

  it("puts one that came late before what has not begun, and not before what has", () => {
    const lane = Lane.make<Lane.Letter>(3)
    for (const number of [1, 2, 3, 4]) lane.add(letter(number))
    const [first] = lane.next()
    assert.isTrue(first !== undefined && begins(lane, first))
    assert.deepStrictEqual([lane.advance("4"), lane.advance("1"), lane.advance("5")], [true, true, false])
    assert.deepStrictEqual(requests(lane.next()), ["4", "2"])
  })

  it("keeps the order of what begins, whatever fails, is put back or declined, and begins everything", () => {
    const step = FastCheck.constantFrom("add", "begin", "done", "fail", "resume", "putBack", "rest")
    FastCheck.assert(FastCheck.property(FastCheck.array(step, { maxLength: 80 }), (steps) => {
      const lane = Lane.make<Lane.Letter>(1)
      const handed: Array<Lane.Ticket<Lane.Letter>> = []
      const done: Array<string> = []
      const held = new Set<Lane.Letter>()
      let begun: Lane.Ticket<Lane.Letter> | undefined
      let last = 0
      const perform = (what: typeof steps[number]) => {
        handed.push(...lane.next())
        if (what === "add") lane.add(letter(++last))
        else if (what === "begin" && begun === undefined) {
          const ticket = handed.shift()
          if (ticket !== undefined && begins(lane, ticket)) {
            // Nothing that came before is still to be done.
            assert.strictEqual(Number(ticket.letter.request), done.length + 1)
            begun = ticket
          }
        } else if (what === "resume") {
          for (const each of held) lane.resume(each)
          held.clear()
        } else if (what === "rest") lane.takeAllBack()
        else if (begun !== undefined) {
          if (what === "done") {
            lane.remove(begun.letter)
            done.push(begun.letter.request)
          } else if (what === "fail") {
            lane.hold(begun.letter)
            held.add(begun.letter)
          } else if (what === "putBack") lane.takeBack(begun)
          else return
          begun = undefined
        }
      }
      steps.forEach(perform)
      for (let n = 0; n < 5 * steps.length; n++) (["resume", "begin", "done"] as const).forEach(perform)
      assert.deepStrictEqual(done, Array.from({ length: last }, (_, i) => String(i + 1)))
      assert.strictEqual(lane.size(), 0)
    }))
  })
})
