/** What leaves: encoders of everything that is sent, and the readers of what the APIs answer to it. */
import { isRecord } from "../../src/internal/json.ts"
import * as BulkProgress from "../../src/outbound/bulk/BulkProgress.ts"
import * as CardApi from "../../src/outbound/card/CardApi.ts"
import * as Multipart from "../../src/outbound/media/multipart.ts"
import * as Batch from "../../src/outbound/message/Batch.ts"
import * as RobotMessage from "../../src/outbound/message/RobotMessage.ts"
import * as OutboundTarget from "../../src/outbound/message/Target.ts"
import * as WebhookMessage from "../../src/outbound/message/WebhookMessage.ts"
import * as ConversationApi from "../../src/outbound/robot/ConversationApi.ts"
import * as ReactionApi from "../../src/outbound/robot/ReactionApi.ts"
import * as LiveText from "../../src/outbound/text/liveText.ts"
import type { Random } from "../support/random.ts"
import * as corpus from "./corpus.ts"
import { bend, bendText, write } from "./mutate.ts"
import type { Subject } from "./sweep.ts"
import type { Target } from "./target.ts"

/** A text of any kind: what people write, an address, a file's name, a bent one of these. */
const text = (random: Random): string => {
  const from = random.pick([corpus.texts, corpus.fileNames, corpus.urls])
  const seed = from[random.below(from.length)] ?? ""
  return random.once(3) ? seed : bendText(seed, random)
}

const texts = (random: Random, most: number): ReadonlyArray<string> =>
  Array.from({ length: random.below(most + 1) }, () => text(random))

const record = (random: Random): Readonly<Record<string, string>> =>
  Object.fromEntries([...texts(random, 3), "__proto__", "constructor"].map((key) => [key, text(random)]))

const button = (random: Random): RobotMessage.Button => ({ title: text(random), url: text(random) })

const buttons = (random: Random): RobotMessage.Buttons => {
  const two = [button(random), button(random)] as const
  return random.once(2) ? two : [...two, button(random)]
}

const messageOf = (random: Random): WebhookMessage.ReplyMessage => {
  const title = text(random)
  const body = text(random)
  const durationMs = random.pick([1, 0.4, 1_499, 1e12, Number.NaN, -1])
  switch (random.below(11)) {
    case 0:
      return RobotMessage.Text({ content: body })
    case 1:
      return RobotMessage.Markdown(random.once(2) ? { text: body } : { title, text: body })
    case 2:
      return RobotMessage.Image({ photo: body })
    case 3:
      return RobotMessage.Link({ title, text: body, picUrl: text(random), messageUrl: text(random) })
    case 4:
      return RobotMessage.Audio({ mediaId: body, durationMs })
    case 5:
      return RobotMessage.File({
        mediaId: body,
        fileName: title,
        fileType: RobotMessage.fileTypeOf(title) ?? "zip"
      })
    case 6:
      return RobotMessage.Video({ mediaId: body, coverMediaId: title, durationMs, videoType: "mp4" })
    case 7:
      return RobotMessage.ActionCard({ title, text: body, button: button(random) })
    case 8:
      return RobotMessage.ActionCardVertical({ title, text: body, buttons: buttons(random) })
    case 9:
      return RobotMessage.ActionCardHorizontal({ title, text: body, buttons: [button(random), button(random)] })
    default:
      return WebhookMessage.FeedCard({
        links: [{ title, messageUrl: body, picUrl: text(random) }]
      })
  }
}

/** What was written reads back as what it was, but for half characters, which no UTF-8 holds. */
const survives = (value: unknown): boolean => {
  const written = JSON.stringify(value)
  return JSON.stringify(JSON.parse(Buffer.from(written).toString())) === written
}

const messages: Target = {
  name: "message encoders",
  weight: 6,
  make: (random) => {
    const message = messageOf(random)
    const at = random.once(2)
      ? { userIds: texts(random, 3), mobiles: texts(random, 2), dingtalkIds: texts(random, 2), all: random.once(2) }
      : undefined
    return {
      input: JSON.stringify({ message, at }),
      run: () => {
        WebhookMessage.invalidField(message)
        const { msgKey, msgParam } = RobotMessage.encode(WebhookMessage.forApi(message))
        if (!/^sample[A-Za-z]+\d?$/.test(msgKey)) return `an odd msgKey: ${msgKey}`
        const param: unknown = JSON.parse(msgParam)
        if (!isRecord(param)) return "a msgParam that is no object"
        if (!Object.values(param).every((value) => typeof value === "string")) {
          return "a msgParam with something but text"
        }
        if (!survives(param)) return "a msgParam that does not survive its way"
        const body = WebhookMessage.encode(message, at)
        return body === undefined || survives(body) ? undefined : "a body that does not survive its way"
      }
    }
  }
}

const isOneHeader = (head: string, boundary: string): boolean =>
  head.split("\r\n").length === 5 && head.startsWith(`--${boundary}\r\n`) && !/[^\r]\n/.test(head)

const bodies: Target = {
  name: "card, reaction and upload encoders",
  weight: 4,
  make: (random) => {
    const [first, ...rest] = [text(random), ...texts(random, 3)].map((to) =>
      random.once(2) ? OutboundTarget.User({ id: to }) : OutboundTarget.Group({ id: to })
    )
    const params = record(random)
    const card: CardApi.NewCard = {
      templateId: text(random),
      outTrackId: text(random),
      targets: [first ?? OutboundTarget.User({ id: "lisi" }), ...rest],
      params,
      privateParams: { [text(random)]: params, ["__proto__"]: params }
    }
    const said = text(random)
    const fileName = text(random)
    return {
      input: JSON.stringify({ card, said, fileName }),
      run: () => {
        const body = CardApi.createBody(card, "robot")
        if (!survives(body)) return "a card that does not survive its way"
        const { cardData, privateData } = body
        const sent = isRecord(cardData) && isRecord(cardData["cardParamMap"]) ? cardData["cardParamMap"] : {}
        if (!Object.keys(params).every((key) => Object.hasOwn(sent, key))) return "a parameter of a card is gone"
        if (!isRecord(privateData) || !Object.hasOwn(privateData, "__proto__")) {
          return "somebody's parameters are gone"
        }
        if (!survives(ReactionApi.body("robot", { accountId: "a", conversationId: said, messageId: said }, said))) {
          return "a reaction that does not survive its way"
        }
        const head = Buffer.from(
          Multipart.frame({ boundary: "b", field: "media", fileName, contentType: "text/plain" }).head
        ).toString()
        if (!isOneHeader(head, "b")) return "a file name that ends its header"
        return LiveText.shown(said).startsWith(said.slice(0, -1)) ? undefined : "a text of a card that is not its text"
      }
    }
  }
}

const many: Target = {
  name: "sends to many",
  weight: 3,
  make: (random) => {
    const people = Array.from(
      { length: random.below(60) },
      () => random.once(4) ? text(random) : `u${random.below(40)}`
    )
    const outcomes = people.slice(0, random.below(30)).map((userId): BulkProgress.UserOutcome => {
      const detail = text(random)
      return random.pick<BulkProgress.UserOutcome>([
        { userId, outcome: "sent", messageId: detail },
        { userId, outcome: "refused", reason: "invalid" },
        { userId, outcome: "unknown", detail },
        { userId, outcome: "failed", detail }
      ])
    })
    return {
      input: JSON.stringify({ people, outcomes }),
      run: () => {
        const batches = Batch.ofUsers(people)
        if (batches.some((batch) => batch.length === 0 || batch.length > Batch.maxUsers)) {
          return "a batch of an odd size"
        }
        if (new Set(batches.flat()).size !== batches.flat().length) return "somebody twice"
        if (batches.flat().length !== new Set(people).size) return "somebody left out"
        const latest = BulkProgress.latest(outcomes)
        const { failed, refused, sent, total, unknown } = BulkProgress.count(people, latest)
        const rest = BulkProgress.remaining(people, latest, false)
        return sent + refused + unknown + rest.length === total && failed <= rest.length
          ? undefined
          : "the counts do not add up"
      }
    }
  }
}

const keys = ["k1==", "k2==", "__proto__", "constructor"]

/** Reads an answer in every way; gives what is wrong with it. */
const readAnswer = (value: unknown): string | undefined => {
  const json = isRecord(value) ? value : {}
  const isText = (u: unknown) => typeof u === "string"
  const { failed, recalled } = ConversationApi.recalledOf(keys, json)
  if (recalled.length + failed.length !== keys.length) return "a recall that forgets a message"
  if (!failed.every(({ reason }) => isText(reason))) return "a reason that is no text"
  if (!ConversationApi.failedOf(json).every(({ reason, userId }) => isText(reason) && isText(userId))) {
    return "a failure that is no text"
  }
  if (
    !ConversationApi.readStatusOf(json).readers.every(({ read, userId }) => isText(userId) && typeof read === "boolean")
  ) {
    return "an odd reader"
  }
  return CardApi.deliveriesOf(json).every(({ detail, spaceId }) => isText(detail) && isText(spaceId))
    ? undefined
    : "an odd delivery"
}

const answers: Target = {
  name: "answers to sends",
  weight: 6,
  make: (random) => {
    const seed = corpus.apiAnswers[random.below(corpus.apiAnswers.length)]?.body ?? null
    const input = write(bend(seed, random, corpus.apiAnswers.map(({ body }) => body)))
    return { input, run: () => readAnswer(JSON.parse(input)) }
  }
}

export const targets: ReadonlyArray<Target> = [messages, bodies, many, answers]

/** The same for long texts in odd places. */
export const subjects: ReadonlyArray<Subject> = [
  {
    name: "answers to sends",
    seeds: corpus.apiAnswers.map(({ body }) => body),
    run: (value) => void readAnswer(value)
  },
  {
    name: "message encoders",
    seeds: ["text"],
    run: (value) => {
      const said = typeof value === "string" ? value : ""
      const message = RobotMessage.Markdown({ text: said })
      RobotMessage.encode(message)
      WebhookMessage.encode(message, { userIds: [said.slice(0, 1_000)] })
      WebhookMessage.forApi(WebhookMessage.FeedCard({ links: [{ title: said, messageUrl: said, picUrl: "" }] }))
      LiveText.shown(said)
    }
  }
]
