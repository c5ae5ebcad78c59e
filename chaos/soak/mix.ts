/** A day at the office, in the fake's thread: people who talk, cards that are used, events, and a gateway that moves its connections about. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Fake } from "../../src/testing/FakeDingTalk.ts"
import { Bodies } from "../../src/testing/index.ts"
import * as Random from "../support/random.ts"

const groups = Array.from({ length: 20 }, (_, i) => `cidGroup${i}==`)
const people = Array.from({ length: 200 }, (_, i) => `staff${i}`)

const bodyOf = (random: Random.Random, n: number) => {
  switch (random.below(10)) {
    case 0:
      return Bodies.picture(`code-${n}`)
    case 1:
      return Bodies.richText(Bodies.rich.text("see "), Bodies.rich.picture(`code-${n}`), Bodies.rich.at("lisi"))
    case 2:
      return Bodies.file(`report ${n}.pdf`)
    case 3:
      return Bodies.audio("你好")
    case 4:
      return Bodies.quoting(Bodies.text("and this?"), { msgType: "text", msgId: "msgQ==", content: { text: "before" } })
    default:
      return Bodies.text(`message ${n} ${"and so on ".repeat(random.below(30))}`)
  }
}

/** How many times a second, on average. */
const rates = {
  notice: 1 / 12,
  cut: 1 / 45,
  close: 1 / 60,
  tokens: 1 / 30,
  webhooks: 1 / 40,
  burst: 1 / 20,
  chatter: 1 / 30,
  huge: 1 / 30,
  event: 2,
  cardAction: 2,
  graphCall: 1,
  redeliver: 2,
  junk: 1
}

/** Goes on until its scope closes. */
export const run = (fake: Fake, { perSecond, seed }: { readonly perSecond: number; readonly seed: number }) =>
  Effect.gen(function*() {
    const random = Random.make(seed)
    let n = 0
    let lastId = ""
    const speak = Effect.suspend(() => {
      n += 1
      const group = random.once(2) ? random.pick([groups[0] ?? "", ...groups]) : undefined
      return Effect.tap(
        fake.post(bodyOf(random, n), {
          from: people[random.below(people.length)],
          ...(group === undefined ? {} : { group, mention: true })
        }),
        ({ msgId }) =>
          Effect.sync(() => {
            lastId = msgId
          })
      )
    })
    const now = (
      name: keyof typeof rates,
      act: () => Effect.Effect<unknown, unknown>
    ): Effect.Effect<void, never, Scope.Scope> => {
      const wait = Effect.suspend(() => Effect.sleep((-1_000 * Math.log(1 - random.next())) / rates[name]))
      return Effect.asVoid(Effect.forkScoped(Effect.forever(Effect.zipRight(wait, Effect.ignore(Effect.suspend(act))))))
    }
    yield* now("notice", () => fake.notice())
    yield* now("cut", () => fake.cut({ reset: random.once(2) }))
    yield* now("close", () => fake.closeAll(random.pick([1000, 1001, 1011, 1012, 4000])))
    yield* now("tokens", () => fake.expireTokens)
    yield* now("webhooks", () => fake.expireWebhooks)
    yield* now("burst", () => fake.flood(600))
    yield* now("chatter", () => Effect.repeatN(fake.say("and another thing", { from: "staff7" }), 400))
    yield* now("huge", () => fake.flood(4, () => Bodies.text("x".repeat(6 * 1024 * 1024))))
    yield* now("event", () => fake.event(random.pick(["user_add_org", "bpms_task_change", "label_conf_add"]), { n }))
    yield* now("cardAction", () => fake.cardAction({ outTrackId: `card-${n}`, userId: "lisi", actionIds: ["ok"] }))
    yield* now("graphCall", () => fake.graphCall({ uri: `/weather?n=${n}` }))
    yield* now("redeliver", () => fake.redeliver(lastId))
    yield* now("junk", () => fake.raw(random.pick(["{", "[]", "{\"type\":\"NEW\",\"headers\":{}}", "null"])))
    return yield* Effect.forever(
      Effect.zipRight(speak, Effect.suspend(() => Effect.sleep((2_000 * random.next()) / perSecond)))
    )
  }).pipe(Effect.scoped)
