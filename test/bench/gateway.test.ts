import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { type Opcode, reader } from "../../bench/gateway/clientFrames.ts"
import { frameBytes, idPrefix, numberIn, serverFrame, template } from "../../bench/gateway/frames.ts"
import * as Ledger from "../../bench/gateway/ledger.ts"
import { parse } from "../../bench/options.ts"

/** The JSON of frames that stand one behind the other, each of `frameBytes`. */
const payloads = (frames: Buffer): ReadonlyArray<string> =>
  Array.from({ length: frames.length / (frameBytes + 4) }, (_, index) => {
    const start = index * (frameBytes + 4) + 4
    return frames.toString("utf8", start, start + frameBytes)
  })

const ids = (payload: string) => {
  const { data, headers }: { readonly data: string; readonly headers: { readonly messageId: string } } = JSON.parse(
    payload
  )
  const { conversationId, msgId }: { readonly conversationId: string; readonly msgId: string } = JSON.parse(data)
  return { messageId: headers.messageId, msgId, conversationId }
}

describe("frames", () => {
  for (const script of ["ascii", "chinese"] as const) {
    it(`are whole JSON of equal length, each with a number of its own: ${script}`, () => {
      const three = payloads(template(script).frames(41, 3, 2)).map(ids)
      assert.deepStrictEqual(three.map(({ messageId }) => messageId), [
        `${idPrefix}000000041`,
        `${idPrefix}000000042`,
        `${idPrefix}000000043`
      ])
      assert.strictEqual(new Set(three.map(({ msgId }) => msgId)).size, 3)
      assert.strictEqual(new Set(three.map(({ conversationId }) => conversationId)).size, 2)
    })
  }

  it("the number is found in an acknowledgement, and nothing in anything else", () => {
    assert.strictEqual(numberIn(Buffer.from(`{"messageId":"${idPrefix}000012345"}`)), 12_345)
    assert.strictEqual(numberIn(Buffer.from("{\"messageId\":\"c0a815dd1\"}")), -1)
  })
})

describe("reader", () => {
  const masked = (text: string): Buffer => {
    const frame = serverFrame("text", Buffer.from(text))
    const payloadAt = frame.length - Buffer.byteLength(text)
    const mask = [7, 11, 13, 17]
    const head = Buffer.from(frame.subarray(0, payloadAt))
    head[1] = (head[1] ?? 0) | 0x80
    const payload = frame.subarray(payloadAt).map((byte, index) => byte ^ (mask[index % 4] ?? 0))
    return Buffer.concat([head, Buffer.from(mask), payload])
  }

  it("gives the same frames however the bytes are cut", () => {
    const texts = ["a", "", "x".repeat(125), "y".repeat(126), "你好".repeat(100)]
    const bytes = Buffer.concat(texts.map(masked))
    FastCheck.assert(FastCheck.property(FastCheck.integer({ min: 1, max: bytes.length }), (size) => {
      const seen: Array<readonly [Opcode, string]> = []
      const read = reader((opcode, payload) => seen.push([opcode, payload.toString()]))
      for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size))
      assert.deepStrictEqual(seen, texts.map((text) => ["text", text] as const))
    }))
  })
})

describe("ledger", () => {
  it("counts the first acknowledgement of a frame of its own, once", () => {
    const ledger = Ledger.make(3)
    const first = ledger.next()
    ledger.sent(2)
    assert.isTrue(ledger.acked(first))
    assert.isFalse(ledger.acked(first))
    assert.isFalse(ledger.acked(first + 2))
    assert.isFalse(ledger.acked(first - 1))
    const { acked, sent } = ledger.report()
    assert.deepStrictEqual({ acked, sent }, { acked: 1, sent: 2 })
    assert.strictEqual(Ledger.make(1).next(), first + 3)
  })

  it("times are given by rank", () => {
    assert.deepStrictEqual(Ledger.ackTimes(Float64Array.from({ length: 100 }, (_, index) => 100 - index)), {
      p50: 51,
      p99: 100,
      max: 100
    })
    assert.deepStrictEqual(Ledger.ackTimes(new Float64Array()), { p50: 0, p99: 0, max: 0 })
  })
})

describe("options", () => {
  it("several scenarios may be named", () => {
    const { json, only, quick } = parse(["--only", "flood", "--only", "idle", "--quick", "--json", "out.json"])
    assert.deepStrictEqual({ json, only, quick }, { json: "out.json", only: ["flood", "idle"], quick: true })
  })

  it("the tables go into every page that is named, and into none by themselves", () => {
    assert.deepStrictEqual(parse(["--update", "a.md", "--update", "zh/a.md"]).update, ["a.md", "zh/a.md"])
    assert.deepStrictEqual(parse([]).update, [])
  })

  it("what it does not know, it refuses", () => {
    assert.throws(() => parse(["--fast"]), /--fast/)
  })
})
