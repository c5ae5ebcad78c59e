/**
 * The acts of the demonstration.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type { StopReason } from "../../accounts/AccountStatus.ts"
import * as DingTalkCards from "../../DingTalkCards.ts"
import * as Metrics from "../../metrics.ts"
import { defaults } from "../../stream/StreamTiming.ts"
import * as Bodies from "../../testing/Bodies.ts"
import * as FakeDingTalk from "../../testing/FakeDingTalk.ts"
import type { Say } from "../../testing/Say.ts"
import * as Script from "../../testing/Script.ts"
import { count } from "./page.ts"
import { cast, orders, places, whereTo } from "./robot.ts"
import { beatMs, type Stage, untilStopped, work } from "./stage.ts"

/** Says what it means, and gives time to read it. */
const meaning = ({ page, print }: Stage, text: string): Effect.Effect<void> =>
  Effect.zipRight(print(page.meaning(text)), Effect.sleep(2 * beatMs))

/** Waits until the robot has handled so many messages in all. */
const untilHandled = ({ handled }: Stage, total: number): Effect.Effect<void> =>
  Effect.repeat(Effect.zipRight(Effect.sleep(10), Ref.get(handled)), { until: (n) => n >= total }).pipe(
    Effect.timeoutOption(10_000),
    Effect.asVoid
  )

/** What the channel of the demonstration's only account has counted as dropped. */
const droppedSoFar = Effect.map(
  Effect.suspend(() => Metric.value(Metrics.forAccount("default").dropped)),
  ({ count }) => count
)

const reasonText = (reason: StopReason | undefined): string =>
  reason?._tag === "ByError" ? `${reason.error._tag}: ${reason.error.message}` : "it did not stop on an error"

/**
 * People talk to the robot, and it answers.
 *
 * @since 0.1.0
 * @category acts
 */
export const conversation = (stage: Stage) => {
  const { fake, page, print } = stage
  const direct: Say = { from: cast.zhang }
  const inGroup: Say = { from: cast.li, group: cast.group, mention: true }
  const mention = `@${cast.robot} 现在几点？`
  const lines = [
    { name: cast.zhang.nick, shown: "你好", say: fake.say("你好", direct) },
    { name: cast.zhang.nick, shown: "12 * 7", say: fake.say("12 * 7", direct) },
    { name: `${cast.li.nick} (${cast.group.title})`, shown: mention, say: fake.say(mention, inGroup) },
    { name: cast.zhang.nick, shown: "[语音 voice]", say: fake.post(Bodies.audio("明天九点开会吗"), direct) },
    { name: cast.zhang.nick, shown: "[文件 file] report.xlsx", say: fake.post(Bodies.file("report.xlsx"), direct) }
  ]
  return Effect.gen(function*() {
    yield* print(page.act(1, "A conversation", "People write to the robot, directly and in a group."))
    for (const { name, say, shown } of lines) {
      const before = (yield* fake.replies).length
      yield* print(page.says(name, shown))
      yield* say
      const replies = yield* fake.awaitReplies(before + 1)
      yield* Effect.sleep(beatMs)
      for (const { text } of replies.slice(before)) yield* print(page.says(cast.robot, text))
      yield* Effect.sleep(beatMs)
    }
    yield* meaning(
      stage,
      "Each line went over a real WebSocket, was acknowledged at once, decoded into a typed message, and handled by " +
        "one function of the robot's; the answer went back over HTTP."
    )
  })
}

/**
 * More messages than anybody could handle.
 *
 * @since 0.1.0
 * @category acts
 */
export const flood = (stage: Stage) => {
  const { fake, handled, page, print } = stage
  const total = 3_000
  return Effect.gen(function*() {
    yield* print(page.act(
      2,
      "A flood",
      `${count(total)} messages at once. The robot needs 20 ms for each, handles 8 at a time, and lets 256 wait.`
    ))
    const before = yield* Ref.get(handled)
    const droppedBefore = yield* droppedSoFar
    yield* fake.flood(total, (index) => Bodies.text(work(index)), { from: cast.zhang })
    const { p99Ms } = yield* fake.awaitAllAcked
    const dropped = (yield* droppedSoFar) - droppedBefore
    yield* print(page.fact(`acknowledged ${count(total)}, 99 of 100 within ${Math.ceil(p99Ms ?? 0)} ms`))
    yield* untilHandled(stage, before + total - dropped)
    const done = (yield* Ref.get(handled)) - before
    yield* print(page.fact(`handled ${count(done)}, dropped ${count(dropped)}: together ${count(done + dropped)}`))
    yield* meaning(
      stage,
      "What finds no room is dropped, counted (effect_dingtalk_dropped_total) and logged: the robot stays responsive " +
        "and its memory flat. A robot may say so: “忙不过来了，请稍后再试”."
    )
  })
}

/**
 * DingTalk announces the end of a connection.
 *
 * @since 0.1.0
 * @category acts
 */
export const notice = (stage: Stage) => {
  const { fake, handled, page, print } = stage
  const half = 10
  const talk = Effect.forEach(
    Array.from({ length: half }, (_, index) => index),
    (index) => Effect.delay(fake.say(work(index), { from: cast.zhang }), 20),
    { discard: true }
  )
  return Effect.gen(function*() {
    yield* print(page.act(
      3,
      "A disconnect notice",
      "Every few hours DingTalk announces the end of a connection. Meanwhile people go on talking."
    ))
    const before = yield* Ref.get(handled)
    const ever = yield* fake.connectionsEver
    yield* talk
    const noticedAt = yield* Clock.currentTimeMillis
    yield* fake.notice({ closeAfterMs: 1_000 })
    yield* fake.awaitConnectionsEver(ever + 1)
    const upAt = yield* Clock.currentTimeMillis
    yield* talk
    yield* untilHandled(stage, before + 2 * half)
    const done = (yield* Ref.get(handled)) - before
    yield* print(page.fact(
      `the next connection was up ${upAt - noticedAt} ms after the notice, while the old one was still served`
    ))
    yield* print(page.fact(
      `said ${2 * half}, handled ${done}: ${done === 2 * half ? "nothing lost" : "something was lost"}`
    ))
    yield* meaning(
      stage,
      "Whoever closes the old connection first and opens the next one then, loses what was on its way."
    )
    yield* fake.until(
      "the end of the old connection",
      Effect.map(fake.connections, (live) => live.length === 1 ? Option.some(undefined) : Option.none())
    )
  })
}

/**
 * DingTalk refuses the account.
 *
 * @since 0.1.0
 * @category acts
 */
export const badSecret = (stage: Stage) => {
  const { fake, page, print } = stage
  const { appKey, apiBaseUrl } = fake.config
  return Effect.gen(function*() {
    yield* print(page.act(4, "A wrong secret", "A second robot starts with a Client Secret that is not right."))
    const accounts = { second: { appKey, appSecret: "not-the-secret" } }
    const reason = yield* untilStopped({ apiBaseUrl, accounts }, defaults)
    yield* print(page.fact(reasonText(reason)))
    yield* meaning(
      stage,
      "No retry can help, so it stops at the first refusal, with a typed error that says what to do. The first robot " +
        "does not notice: accounts never stop each other."
    )
  })
}

/**
 * DingTalk takes connections and hangs up on them.
 *
 * @since 0.1.0
 * @category acts
 */
export const silentGateway = (stage: Stage) => {
  const { page, print } = stage
  const timing = { ...defaults, backoffMs: [100, 150, 200, 250] } as const
  const waits = defaults.backoffMs.map((ms) => ms / 1_000).join(", ")
  return Effect.gen(function*() {
    yield* print(page.act(
      5,
      "A silent gateway",
      "For a third robot, DingTalk accepts every connection and ends it at once, without a message."
    ))
    const gateway = yield* FakeDingTalk.make()
    yield* gateway.answerOpen(Array.from({ length: timing.stallStrikes }, () => Script.acceptThenClose(20)))
    const { apiBaseUrl, appKey, appSecret } = gateway.config
    const reason = yield* untilStopped({ apiBaseUrl, accounts: { third: { appKey, appSecret } } }, timing)
    yield* print(page.fact(reasonText(reason)))
    yield* meaning(
      stage,
      "Trying again for ever would look like being online. (The waits between tries are shortened here; in earnest they " +
        `are ${waits} s, with some jitter.)`
    )
  }).pipe(Effect.scoped)
}

/**
 * The robot asks before it acts, and can be stopped while it answers.
 *
 * @since 0.1.0
 * @category acts
 */
export const surroundings = (stage: Stage) => {
  const { fake, page, print } = stage
  const zhang: Say = { from: cast.zhang, group: cast.group, mention: true }
  const li = cast.li.staffId
  const says = (order: string) => Effect.zipRight(print(page.says(cast.zhang.nick, order)), fake.say(order, zhang))
  /** What the robot has said since, apart from cards. */
  const heard = (after: number) =>
    fake.awaitReplies(after + 1).pipe(
      Effect.flatMap((replies) =>
        Effect.forEach(replies.slice(after), ({ text }) => print(page.says(cast.robot, text)), { discard: true })
      )
    )
  const repliesSoFar = Effect.map(fake.replies, (replies) => replies.length)
  const shows = (text: string) => print(page.says(cast.robot, `[卡片 card] ${text.replace(/\s*\n[-\s]*/g, " ")}`))
  const choices = places.map(({ label }) => `[${label}]`).join(" ")

  const asking = Effect.gen(function*() {
    yield* says(orders.deploy)
    const { outTrackId } = yield* fake.awaitCard(({ text }) => text === whereTo)
    yield* shows(`${whereTo} ${choices}`)
    yield* Effect.sleep(beatMs)
    yield* print(page.says(cast.li.nick, "[按下 presses] 测试"))
    const other = yield* fake.press(outTrackId, "test", { as: li })
    yield* fake.awaitAck(other.messageId)
    const { params } = yield* fake.card(outTrackId, li)
    yield* print(page.says("", `(${cast.li.nick} alone sees: ${params["msgTitle"] ?? ""})`))
    yield* Effect.sleep(beatMs)
    yield* print(page.says(cast.zhang.nick, "[按下 presses] 生产"))
    const before = yield* repliesSoFar
    yield* fake.press(outTrackId, "prod", { as: cast.zhang.staffId })
    const settled = yield* fake.awaitCard((card) => card.outTrackId === outTrackId && card.text !== whereTo)
    yield* shows(settled.text)
    yield* heard(before)
    yield* Effect.sleep(beatMs)
  })
  const stopping = Effect.gen(function*() {
    yield* says(orders.tell)
    for (let writes = 0; writes < 3; writes += 1) {
      const { text } = yield* fake.awaitCard((card) => card.status === "inputting" && card.writes >= writes)
      yield* shows(`${text}▌`)
      yield* Effect.sleep(beatMs)
    }
    const before = yield* repliesSoFar
    yield* says(orders.stop)
    const stopped = yield* fake.awaitCard(({ text }) => text.includes(DingTalkCards.stopped))
    yield* shows(stopped.text)
    yield* heard(before)
  })

  return Effect.gen(function*() {
    yield* print(page.act(
      6,
      "Asking and stopping",
      "The robot asks on a card and waits for the answer; then it types one, and is told to stop."
    ))
    yield* asking
    yield* stopping
    yield* meaning(
      stage,
      "The question was one Effect of its answer, given once and by the one who was asked. “停” overtook the answer that " +
        "it stopped: its handler was interrupted, and its card says so."
    )
  })
}
