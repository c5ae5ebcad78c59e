import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import type { Line, News, Stage } from "../../src/cli/play/contract.ts"
import * as Faults from "../../src/cli/play/faults.ts"
import * as Scene from "../../src/cli/play/scene.ts"
import * as Content from "../../src/page/play/chat/content.ts"
import * as State from "../../src/page/play/state.ts"
import { joined, tokens } from "../../src/page/shared/markdown/dialect.ts"
import { preferred } from "../../src/page/shared/words/locale.ts"

const stage: Stage = {
  people: [],
  groups: [],
  robot: { kind: "builtin", command: [], connections: 0, status: undefined, settings: {} },
  faults: [],
  recorded: undefined
}

const line = (key: string, text: string): Line => ({
  key,
  at: 0,
  from: undefined,
  kind: "text",
  text,
  title: undefined,
  shown: text,
  content: {},
  mentions: [],
  reactions: [],
  readBy: undefined,
  card: undefined
})

const lines = FastCheck.uniqueArray(
  FastCheck.record({ key: FastCheck.constantFrom("a", "b", "c", "d"), text: FastCheck.constantFrom("1", "2") }),
  { selector: ({ key }) => key, maxLength: 4 }
).map((all) => all.toSorted((x, y) => x.key < y.key ? -1 : 1).map(({ key, text }) => line(key, text)))

const scenes = FastCheck.array(FastCheck.tuple(lines, lines), { minLength: 1, maxLength: 6 })

describe("what a page knows", () => {
  it("is what there is, whatever came and went, each piece told once", () => {
    FastCheck.assert(FastCheck.property(scenes, (all) => {
      let told: Scene.Told = new Map()
      let state = State.nothing
      for (const [index, [direct, group]] of all.entries()) {
        const scene = new Map([["zhangsan", direct], ["cid", group]])
        const { gone, lines, told: now } = Scene.since(told, scene)
        const news: News = { first: index === 0, stage, lines, gone, notes: [] }
        told = now
        state = State.after(state, news)
        for (const [place, expected] of scene) {
          const known = [...state.places.get(place)?.values() ?? []].toSorted((x, y) => x.key < y.key ? -1 : 1)
          assert.deepStrictEqual(known, expected)
        }
        assert.deepStrictEqual(Scene.since(told, scene).lines, [])
      }
    }))
  })

  it("begins anew when a first event comes", () => {
    const before = State.after(State.nothing, {
      first: true,
      stage,
      lines: [{ place: "a", line: line("1", "x") }],
      gone: [],
      notes: []
    })
    assert.strictEqual(State.after(before, { first: true, stage, lines: [], gone: [], notes: [] }).places.size, 0)
  })
})

describe("faults", () => {
  it("that every call meets replace each other, those of the socket stay beside them", () => {
    assert.deepStrictEqual(Faults.after(["freeze", "secret"], "quota"), ["freeze", "quota"])
    assert.deepStrictEqual(Faults.after(["secret"], "halfOpen"), ["secret", "halfOpen"])
    assert.deepStrictEqual(Faults.after(["secret"], "flood"), ["secret"])
  })
})

describe("DingTalk's Markdown", () => {
  const types = (text: string) => tokens(text).map(({ type }) => type)

  it("has lists and tables only behind an empty line", () => {
    assert.deepStrictEqual(types("a\n- b\n- c"), ["paragraph"])
    assert.deepStrictEqual(types("a\n1. b"), ["paragraph"])
    assert.deepStrictEqual(types("a\n| x | y |\n|---|---|\n| 1 | 2 |"), ["paragraph"])
    assert.deepStrictEqual(types("a\n\n- b"), ["paragraph", "space", "list"])
    assert.deepStrictEqual(types("| x | y |\n|---|---|\n| 1 | 2 |"), ["table"])
  })

  it("leaves code as it is", () => {
    const code = "```\na\n- b\n| c |\n```"
    assert.strictEqual(joined(code), code)
  })
})

describe("what is in a message", () => {
  it("finds the buttons of every kind, in their order", () => {
    const titles = (content: Record<string, unknown>) =>
      Content.actionButtons(content).buttons.map(({ title }) => title)
    assert.deepStrictEqual(titles({ singleTitle: "a", singleURL: "u" }), ["a"])
    assert.deepStrictEqual(titles({ actionTitle1: "a", actionTitle2: "b" }), ["a", "b"])
    assert.deepStrictEqual(titles({ btns: [{ title: "a", actionURL: "u" }, { title: "b" }] }), ["a", "b"])
    assert.isTrue(Content.actionButtons({ buttonTitle1: "a" }).isHorizontal)
    assert.deepStrictEqual(
      Content.cardButtons({ sys_full_json_obj: "{\"msgButtons\":[{\"id\":\"x\",\"text\":\"X\"}]}" }),
      [{ id: "x", text: "X", url: undefined }]
    )
    assert.deepStrictEqual(Content.cardButtons({ sys_full_json_obj: "{" }), [])
  })
})

describe("the language", () => {
  it("is the first of the browser's that there is", () => {
    assert.strictEqual(preferred(["zh-TW", "en"]), "zh-CN")
    assert.strictEqual(preferred(["de", "en-GB", "zh"]), "en-US")
    assert.strictEqual(preferred(["fr"]), "en-US")
    assert.strictEqual(preferred([]), "en-US")
  })
})
