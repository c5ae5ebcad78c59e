/**
 * Frames as DingTalk sends them, cut out once and stamped with a number for each use: making one is a copy of its bytes.
 */
import type { Script } from "../protocol.ts"

/** Bytes of a frame's JSON. */
export const frameBytes = 1_200

const idDigits = 9
const conversationDigits = 6

/** By this a frame's own id is told from all other ids in an acknowledgement. */
export const idPrefix = "be0ca9d7_974_1898c159aa6_"

const texts: { readonly [S in Script]: string } = {
  ascii: "Please summarise yesterday's incident reports for the weekly meeting. ",
  chinese: "请把昨天的事故报告整理成周会摘要，并把待办事项分派给负责人。"
}

/** As much of the text, over and over, as fits into the given bytes of UTF-8; the rest is filled with dots. */
const textOfBytes = (text: string, bytes: number): string => {
  let filled = ""
  let size = 0
  for (;;) {
    for (const character of text) {
      const length = Buffer.byteLength(character)
      if (size + length > bytes) return filled + ".".repeat(bytes - size)
      filled += character
      size += length
    }
  }
}

const message = (content: string) => ({
  senderPlatform: "Mac",
  conversationId: `cid${"0".repeat(conversationDigits)}Qk3vSPhYl8n1kA==`,
  atUsers: [{ dingtalkId: "$:LWCP_v1:$2vDNPtUt6VmyBd7fKrDJnuHLkMoCh3Dh" }],
  chatbotCorpId: "ding9f50b15bccd16741",
  chatbotUserId: "$:LWCP_v1:$2vDNPtUt6VmyBd7fKrDJnuHLkMoCh3Dh",
  msgId: `msg${"0".repeat(idDigits)}Qk3vSPhYl8==`,
  senderNick: "Zhang San",
  isAdmin: true,
  senderStaffId: "manager4220",
  sessionWebhookExpiredTime: 1_798_005_400_000,
  createAt: 1_798_000_000_000,
  senderCorpId: "ding9f50b15bccd16741",
  conversationType: "2",
  senderId: "$:LWCP_v1:$7fKrDJnuHLkMoCh3Dh2vDNPtUt6VmyBd",
  conversationTitle: "Operations",
  isInAtList: true,
  sessionWebhook: "https://oapi.dingtalk.com/robot/sendBySession?session=6d69b333f243db32d42c11sda9de620e",
  text: { content },
  robotCode: "dingbenchmark",
  msgtype: "text"
})

const envelope = (data: string): string =>
  JSON.stringify({
    specVersion: "1.0",
    type: "CALLBACK",
    headers: {
      appId: "49a4a2b1-6f3c-4a0b-9d3c-1f6d2e4b7a90",
      connectionId: "c0a815dd-8f3a-11ee-b9d1-0242ac120002",
      contentType: "application/json",
      messageId: `${idPrefix}${"0".repeat(idDigits)}`,
      time: "1798000000000",
      topic: "/v1.0/im/bot/messages/get"
    },
    data
  })

const opcodes = { text: 0x1, close: 0x8, ping: 0x9, pong: 0xa } as const

/** A WebSocket frame of a server. At most 65 535 bytes of payload. */
export const serverFrame = (opcode: keyof typeof opcodes, payload: Buffer): Buffer => {
  const head = payload.length < 126
    ? Buffer.from([0x80 | opcodes[opcode], payload.length])
    : Buffer.from([0x80 | opcodes[opcode], 126, payload.length >> 8, payload.length & 0xff])
  return Buffer.concat([head, payload])
}

/** A SYSTEM frame. */
export const systemFrame = (topic: "ping" | "disconnect", id: string, data: object): Buffer =>
  serverFrame(
    "text",
    Buffer.from(JSON.stringify({
      specVersion: "1.0",
      type: "SYSTEM",
      headers: { contentType: "application/json", messageId: id, time: "1798000000000", topic },
      data: JSON.stringify(data)
    }))
  )

/** Writes a number in decimal digits, padded with zeros. */
const writeDigits = (target: Buffer, end: number, digits: number, value: number): void => {
  let rest = value
  for (let at = end - 1; at >= end - digits; at--) {
    target[at] = 48 + rest % 10
    rest = Math.floor(rest / 10)
  }
}

/** Makes frames of one kind. */
export interface Template {
  /** Numbered frames in one buffer. Each id and `msgId` has the frame's number; from one conversation after the other. */
  readonly frames: (first: number, count: number, conversations: number) => Buffer
}

/** The template of a script. */
export const template = (script: Script): Template => {
  const empty = Buffer.byteLength(envelope(JSON.stringify(message(""))))
  const content = textOfBytes(texts[script], frameBytes - empty)
  const frame = serverFrame("text", Buffer.from(envelope(JSON.stringify(message(content)))))
  const endOf = (marker: string, digits: number) => frame.indexOf(marker) + marker.length + digits
  const idEnd = endOf(`"messageId":"${idPrefix}`, idDigits)
  const msgIdEnd = endOf("\\\"msgId\\\":\\\"msg", idDigits)
  const conversationEnd = endOf("\\\"conversationId\\\":\\\"cid", conversationDigits)
  return {
    frames: (first, count, conversations) => {
      const buffer = Buffer.allocUnsafe(frame.length * count)
      for (let index = 0; index < count; index++) {
        const start = index * frame.length
        const number = first + index
        frame.copy(buffer, start)
        writeDigits(buffer, start + idEnd, idDigits, number)
        writeDigits(buffer, start + msgIdEnd, idDigits, number)
        if (conversations > 1) {
          writeDigits(buffer, start + conversationEnd, conversationDigits, number % conversations)
        }
      }
      return buffer
    }
  }
}

/** The number in the id of an acknowledgement; -1 if it has none. */
export const numberIn = (payload: Buffer): number => {
  const at = payload.indexOf(idPrefix)
  if (at < 0) return -1
  let number = 0
  for (let index = 0; index < idDigits; index++) {
    number = number * 10 + (payload[at + idPrefix.length + index] ?? 48) - 48
  }
  return number
}
