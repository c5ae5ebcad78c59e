import { assert, describe, it } from "@effect/vitest"
import * as News from "../../../src/cli/simulate/news.ts"
import { catalogue } from "../../../src/cli/words/Catalogue.ts"
import type * as Seen from "../../../src/testing/Seen.ts"

const naming = (to: string, group: boolean) => group ? `group ${to}` : to

const quiet: News.Scene = { replies: [], cards: [], reactions: [], recalled: [], dings: [], closed: [], ever: 0 }

const reply: Seen.Reply = {
  at: 0,
  to: "zhangsan",
  group: false,
  conversationId: "cid1",
  text: "一",
  content: { content: "一" },
  title: undefined,
  shown: "一\n二\u001b[2J",
  preview: "一",
  via: "webhook",
  kind: "text",
  mentions: [],
  clientId: "ding1",
  processQueryKey: "key-1",
  card: undefined
}

const card: Seen.Card = {
  outTrackId: "card-1",
  templateId: "t",
  clientId: "ding1",
  createdAt: 0,
  updatedAt: 0,
  places: [{ to: "zhangsan", group: false, conversationId: "cid1", carrierId: "carrier-1" }],
  params: {},
  privateParams: {},
  text: "正在",
  status: "plain",
  updates: 0,
  writes: 0,
  finalized: false,
  lastMessage: undefined,
  searchText: undefined,
  forwardable: false
}

/** What is told of one scene after the other. */
const story = (...scenes: ReadonlyArray<Partial<News.Scene>>) => {
  const advance = News.since(catalogue.en, naming)
  return scenes.reduce<{ readonly told: News.Told; readonly lines: ReadonlyArray<ReadonlyArray<string>> }>(
    ({ lines, told }, scene) => {
      const next = advance(told, { ...quiet, ...scene })
      return { told: next.told, lines: [...lines, next.lines.map(({ text }) => text)] }
    },
    { told: News.nothing, lines: [] }
  ).lines
}

describe("news", () => {
  it("a reply says to whom, and how it went", () => {
    assert.strictEqual(News.replyLine(reply, naming), "robot → zhangsan (webhook): 一\n    二\\u001b[2J")
    assert.include(News.replyLine({ ...reply, group: true, to: "g", via: "api" }, naming), "robot → group g (api): 一")
  })

  it("a card is told of each time that it changes, and of its end", () => {
    assert.deepStrictEqual(
      story(
        { cards: [card] },
        { cards: [{ ...card, status: "inputting", writes: 1 }] },
        { cards: [{ ...card, status: "inputting", writes: 2, text: "正在想" }] },
        { cards: [{ ...card, status: "inputting", writes: 2, text: "正在想" }] },
        { cards: [{ ...card, status: "finished", writes: 3, finalized: true, text: "正在想：好" }] }
      ),
      [
        ["robot → zhangsan (card): 正在"],
        ["robot → zhangsan (card, typing): 正在"],
        ["robot → zhangsan (card, typing): 正在想"],
        [],
        ["robot → zhangsan (card, finished ✓): 正在想：好"]
      ]
    )
    assert.deepStrictEqual(story({ cards: [{ ...card, status: "failed" }] }), [[
      "robot → zhangsan (card, failed ✗): 正在"
    ]])
  })

  it("of a template whose text is unknown it shows the variables", () => {
    const params = { status: "待审批", flowStatus: "3" }
    assert.deepStrictEqual(story({ cards: [{ ...card, text: "[card]", params }] }), [[
      "robot → zhangsan (card): status: 待审批"
    ]])
  })

  it("a card that is shown nowhere is not seen", () => {
    assert.deepStrictEqual(story({ cards: [{ ...card, places: [] }] }), [[]])
  })

  it("what is taken back is told by what it said, and a card that is gone changes no more", () => {
    assert.deepStrictEqual(
      story(
        { replies: [reply], cards: [card] },
        { recalled: ["key-1", "carrier-1"], cards: [{ ...card, text: "more", updates: 1 }] },
        { recalled: ["key-1", "carrier-1"] }
      ).slice(1),
      [["robot takes back: 一\n    二\\u001b[2J", "robot takes back: more"], []]
    )
  })

  it("reactions come and go", () => {
    const reactions = [{ msgId: "m1", clientId: "ding1", text: "👍" }]
    assert.deepStrictEqual(story({ reactions }, { reactions }, {}), [
      ["robot puts under: 👍 ← m1"],
      [],
      ["robot takes away from under: 👍 ← m1"]
    ])
  })

  it("connections come and go", () => {
    assert.deepStrictEqual(story({ ever: 1 }, { ever: 1 }), [["(a robot is connected)"], []])
  })
})
