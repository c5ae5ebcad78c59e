/** The decoders and decisions that meet what comes from outside, each with what must hold for whatever it is given. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import * as CardAction from "../../src/inbound/call/CardAction.ts"
import * as DingTalkEvent from "../../src/inbound/call/DingTalkEvent.ts"
import * as GraphCall from "../../src/inbound/call/GraphCall.ts"
import * as Gate from "../../src/inbound/Gate.ts"
import * as Message from "../../src/inbound/message/Message.ts"
import * as Quote from "../../src/inbound/message/Quote.ts"
import type { HttpAnswer } from "../../src/internal/net/http.ts"
import { scrub } from "../../src/internal/net/scrub.ts"
import { classifyAnswer, noErrorProves } from "../../src/outbound/api/classifyAnswer.ts"
import * as Token from "../../src/outbound/api/Token.ts"
import * as FileName from "../../src/outbound/media/FileName.ts"
import * as HostAddress from "../../src/outbound/media/HostAddress.ts"
import * as OutboundTarget from "../../src/outbound/message/Target.ts"
import * as TextMessage from "../../src/outbound/message/TextMessage.ts"
import * as SessionWebhook from "../../src/outbound/robot/SessionWebhook.ts"
import * as Frame from "../../src/stream/Frame.ts"
import { isTrustedEndpoint } from "../../src/stream/Gateway.ts"
import { classify } from "../../src/stream/internal/openingAnswer.ts"
import type { Random } from "../support/random.ts"
import * as corpus from "./corpus.ts"
import { bend, bendText, type Json, write } from "./mutate.ts"
import * as Outbound from "./outbound.ts"
import type { Subject } from "./sweep.ts"
import type { Case, Target } from "./target.ts"

const account = { id: "default", robotCode: "dingkey" }

const from = (seeds: ReadonlyArray<Json>, random: Random): Json =>
  bend(seeds[random.below(seeds.length)] ?? null, random, corpus.messages)

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A frame as it goes over the wire: its payload is a string of JSON, or in one of eight cases something else. */
export const writeFrame = (frame: Json, random: Random): string => {
  if (!isObject(frame) || random.once(8)) return write(frame)
  return write({ ...frame, data: typeof frame["data"] === "string" ? frame["data"] : write(frame["data"] ?? null) })
}

/** The text of a frame, bent as a value, and now and then as a text. */
export const frameText = (random: Random): string => {
  const text = writeFrame(from(corpus.frames, random), random)
  return random.once(5) ? bendText(text, random) : text
}

/** JSON text that is parsed before the target sees it, as it is in life. */
const parsed = (
  name: string,
  weight: number,
  seeds: ReadonlyArray<Json>,
  run: (value: unknown, random: Random) => string | undefined
): Target => ({
  name,
  weight,
  make: (random): Case => {
    const input = write(from(seeds, random))
    return { input, run: () => run(JSON.parse(input), random) }
  }
})

const isMessage = Schema.is(Message.Message)
const isQuote = Schema.is(Quote.Quote)
const verdictOf = Gate.make({
  allowedUsers: ["zhangsan", "$:lwcp_v1:$x"],
  freeResponseChats: ["cidGroup=="],
  requireMention: true,
  mentionPatterns: [/^小马/iu, /\bbot\b/iu]
})

const isJson = (text: string): boolean => {
  JSON.parse(text)
  return true
}

const frame: Target = {
  name: "Frame.decode",
  weight: 30,
  make: (random) => {
    const input = frameText(random)
    return {
      input,
      run: () => {
        const decoded = Frame.decode(input)
        if (typeof decoded === "string") return undefined
        const answers = [
          Frame.pong(decoded),
          Frame.acknowledgement(decoded.messageId),
          Frame.notFound(decoded.messageId)
        ]
        if (!answers.every(isJson)) return "an answer is not JSON"
        const data = Frame.parseData(decoded.data)
        Message.decode(account, data, decoded.messageId)
        DingTalkEvent.decode(account, decoded.headers, data)
        return undefined
      }
    }
  }
}

const message = parsed("Message.decode", 30, corpus.messages, (value, random) => {
  const decoded = Message.decode(account, value, "frame-1")
  if (decoded._tag !== "Decoded") return undefined
  const it = decoded.value
  verdictOf(it)
  if (it.chatId === "") return "a message without a chat"
  // The schema is much slower than the decoder.
  return random.once(20) && !isMessage(it) ? "a message that is not of the schema" : undefined
})

const quote = parsed("Quote.decode", 5, corpus.messages, (value, random) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
  const decoded = Quote.decode(Object.fromEntries(Object.entries(value)))
  return decoded !== undefined && random.once(20) && !isQuote(decoded) ? "a quote that is not of the schema" : undefined
})

const cardAction = parsed("CardAction.decode", 5, corpus.cardActions, (value) => {
  CardAction.decode(account, value)
  return undefined
})

const graphCall = parsed("GraphCall.decode", 5, corpus.graphCalls, (value) => {
  GraphCall.decode(account, value)
  return undefined
})

const event = parsed("DingTalkEvent.decode", 3, corpus.events, (value) => {
  DingTalkEvent.decode(account, value, value)
  return undefined
})

const text = (u: unknown): string => (typeof u === "string" ? u : "")

const answerOf = (value: Json): HttpAnswer => {
  const fields = isObject(value) ? value : {}
  const { body, headers, status } = fields
  return {
    status: typeof status === "number" && Number.isInteger(status) ? status : 200,
    headers: headers !== undefined && isObject(headers)
      ? Object.fromEntries(Object.entries(headers).map(([name, it]) => [name, text(it)]))
      : {},
    body: typeof body === "string" ? body : write(body ?? null)
  }
}

const httpAnswer: Target = {
  name: "HTTP answers",
  weight: 15,
  make: (random) => {
    const answer = answerOf(from(corpus.answers, random))
    const bent = random.once(5) ? { ...answer, body: bendText(answer.body, random) } : answer
    return {
      input: JSON.stringify(bent),
      run: () => {
        const opening = classify(bent)
        if (opening._tag === "Transient" && (opening.retryAfterMs ?? 0) > 300_000) return "parked for too long"
        for (const kind of ["send", "idempotent"] as const) {
          const verdict = classifyAnswer({ name: "fuzz", kind, proves: noErrorProves }, bent)
          if (verdict._tag === "Success") Token.fromAnswer(verdict.json)
          else if (scrub(verdict.detail, ["secret"]).length > 300) return "a detail that is too long"
          else if (verdict._tag === "Throttled" && !(verdict.retryAfterMs >= 0)) return "an odd pause"
        }
        return undefined
      }
    }
  }
}

const config: Target = {
  name: "DingTalkConfig",
  weight: 2,
  make: (random) => {
    const written = write(from(corpus.configs, random))
    const input = random.once(3) ? bendText(written, random) : written
    return {
      input,
      run: () => {
        const exit = Effect.runSyncExit(DingTalkConfig.fromJson(input))
        if (Exit.isSuccess(exit)) return undefined
        const failure = Exit.causeOption(exit)
        return failure._tag === "Some" && failure.value._tag === "Fail" ? undefined : "died of a configuration"
      }
    }
  }
}

const chunks: Target = {
  name: "TextMessage.split",
  weight: 4,
  make: (random) => {
    const input = bendText(corpus.texts[random.below(corpus.texts.length)] ?? "", random)
    const limit = random.once(4) ? 1 + random.below(40) : 1 + random.below(5_000)
    const mode = random.once(2) ? "plain" : "markdown"
    return {
      input: JSON.stringify({ input, limit, mode }),
      run: () => {
        for (const chunk of TextMessage.split(mode, input, limit)) {
          if (chunk.length > Math.max(2, limit)) return `a chunk of ${chunk.length} characters`
          const sent = TextMessage.forRobot(mode, chunk)
          if (TextMessage.msgParamBytes(sent) > TextMessage.maxMsgParamBytes) return "a chunk of too many bytes"
          TextMessage.forWebhook(mode, chunk)
        }
        return undefined
      }
    }
  }
}

const officialSuffix = /(^|\.)dingtalk\.(com|io)$/

const urls: Target = {
  name: "URLs and targets",
  weight: 3,
  make: (random) => {
    const input = bendText(corpus.urls[random.below(corpus.urls.length)] ?? "", random)
    return {
      input,
      run: () => {
        Either.match(OutboundTarget.parse(input), { onLeft: (error) => error.message, onRight: OutboundTarget.format })
        const hosts = { apiBaseUrl: "https://api.dingtalk.com", oapiBaseUrl: "https://oapi.dingtalk.com" }
        const isOfficial = (scheme: string) => {
          const url = new URL(input)
          return url.protocol === scheme && officialSuffix.test(url.hostname)
        }
        if (SessionWebhook.isTrusted(input, hosts) && !isOfficial("https:")) return "a stranger's webhook is trusted"
        if (isTrustedEndpoint(input, false) && !isOfficial("wss:")) return "a stranger's endpoint is trusted"
        return undefined
      }
    }
  }
}

/** The same decoders for {@link sweep}. */
export const subjects: ReadonlyArray<Subject> = [
  {
    name: "Message.decode",
    seeds: corpus.messages,
    run: (value) => {
      const decoded = Message.decode(account, value, "frame-1")
      if (decoded._tag === "Decoded") verdictOf(decoded.value)
    }
  },
  { name: "CardAction.decode", seeds: corpus.cardActions, run: (value) => void CardAction.decode(account, value) },
  { name: "GraphCall.decode", seeds: corpus.graphCalls, run: (value) => void GraphCall.decode(account, value) },
  {
    name: "HTTP answers",
    seeds: corpus.answers,
    run: (value) => {
      const answer = answerOf(value)
      classify(answer)
      const verdict = classifyAnswer({ name: "fuzz", kind: "send", proves: noErrorProves }, answer)
      if (verdict._tag !== "Success") scrub(verdict.detail, ["secret"])
    }
  },
  {
    name: "DingTalkConfig",
    seeds: corpus.configs,
    // A text of that length as a regular expression takes its time to compile.
    patience: 10,
    run: (value) => void Effect.runSyncExit(DingTalkConfig.decodeUnknown(value))
  },
  {
    name: "File names",
    seeds: corpus.fileNames,
    run: (value) => {
      FileName.safe(text(value))
      FileName.fromContentDisposition(text(value))
      HostAddress.kindOf(text(value))
    }
  },
  {
    name: "TextMessage.split",
    seeds: ["text"],
    run: (value) => {
      for (const mode of ["plain", "markdown"] as const) {
        for (const chunk of TextMessage.split(mode, text(value), 4_000)) TextMessage.forRobot(mode, chunk)
      }
    }
  },
  ...Outbound.subjects
]

const fileName: Target = {
  name: "File names",
  weight: 3,
  make: (random) => {
    const input = bendText(corpus.fileNames[random.below(corpus.fileNames.length)] ?? "", random)
    return {
      input,
      run: () => {
        const given = FileName.fromContentDisposition(input) ?? input
        for (const name of [FileName.safe(given), FileName.safe(input)]) {
          if (/[/\\\u0000-\u001f]/.test(name)) return "a separator or a control character in a file name"
          if (/^\.|^$|[. ]$/.test(name)) return "a hidden, empty or odd file name"
          if (Buffer.byteLength(name) > FileName.maxBytes) return "a file name that is too long"
          if (FileName.safe(name) !== name) return "a safe file name that is not safe"
        }
        HostAddress.kindOf(input)
        return undefined
      }
    }
  }
}

export const targets: ReadonlyArray<Target> = [
  frame,
  message,
  quote,
  cardAction,
  graphCall,
  event,
  httpAnswer,
  config,
  chunks,
  urls,
  fileName,
  ...Outbound.targets
]
