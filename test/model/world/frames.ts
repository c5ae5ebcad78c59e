/** The frames of a history as DingTalk writes them. */
import type { Frame, Plan } from "../history.ts"

/** What a frame tells the handler to do; it travels as the text of the message. */
export const orders = (frame: number, { ms, outcome }: Plan): string => `${frame} ${outcome} ${ms ?? "never"}`

/** Reads what {@link orders} wrote. */
export const planOf = (text: string): Plan & { readonly frame: string } => {
  const [frame = "", outcome, ms] = text.split(" ")
  return {
    frame,
    ms: ms === "never" ? undefined : Number(ms),
    outcome: outcome === "fail" || outcome === "die" || outcome === "interrupt" ? outcome : "ok"
  }
}

/** What an event tells the handler to do: those of a chat are about it, the others about nothing that is known. */
export const ordersOf = (data: unknown): string =>
  typeof data === "object" && data !== null && "told" in data ? String(data.told) : String(data)

const envelope = (type: string, topic: string, frame: number, data: string | undefined, more: object = {}): string =>
  JSON.stringify({ specVersion: "1.0", type, headers: { topic, messageId: `${frame}`, ...more }, data })

/** The text of a frame under its number; `undefined` for a binary one. */
export const encode = (frame: Frame, number: number): string | undefined => {
  switch (frame._tag) {
    case "Message": {
      const { conversation, id, kind, plan } = frame
      const data = kind === "unreadable" ? "{" : JSON.stringify({
        msgId: `m${id}`,
        msgtype: "text",
        text: { content: kind === "empty" ? "" : orders(number, plan) },
        conversationType: "2",
        conversationId: `cid${conversation}`,
        senderId: kind === "self" ? "robot" : "somebody",
        chatbotUserId: "robot"
      })
      const topic = kind === "delegated" ? "delegate" : "get"
      return envelope("CALLBACK", `/v1.0/im/bot/messages/${topic}`, number, data)
    }
    case "Event": {
      const told = orders(number, frame.plan)
      const data = frame.id % 2 === 0 ? told : { told, ChatId: "chat" }
      return envelope("EVENT", "*", number, JSON.stringify(data), { eventId: `e${frame.id}` })
    }
    case "Card": {
      const data = { outTrackId: frame.readable ? orders(number, frame.plan) : undefined }
      return envelope("CALLBACK", "/v1.0/card/instances/callback", number, JSON.stringify(data))
    }
    case "Stranger":
      return envelope("CALLBACK", "/v9/unheard/of", number, "{}")
    case "System":
      return envelope("SYSTEM", frame.topic, number, JSON.stringify({ opaque: number }))
    case "Junk":
      return frame.text
  }
}
