/** What stands in the conversations: who said what, what became of it, and the cards among it. */
import type * as Seen from "../Seen.ts"
import { fewRecords, type Journal, journal, manyRecords, type Table, table } from "./bounded.ts"
import { type Card, shown } from "./card.ts"
import type { Change, Said, Sent, World } from "./world.ts"

/** A line as it was written, before anything became of it. */
export type Written = Omit<Seen.Line, "reactions" | "readBy" | "card">

export interface Chats extends Pick<World, "conversation" | "groups" | "sent" | "said" | "card" | "ding"> {
  readonly apply: (
    change: Extract<Change, { readonly _tag: "Sent" | "Recalled" | "Reacted" | "CardChanged" | "Dinged" }>
  ) => void
  /** Somebody spoke to these robots in a conversation. */
  readonly heard: (
    conversationId: string,
    userId: string | undefined,
    robots: ReadonlyArray<string>,
    line: Written
  ) => void
  /** Somebody opened a group, or else the direct conversations, and has read what is there. */
  readonly read: (userId: string, group: string | undefined, at: number) => void
  readonly sends: Journal<Seen.Send>
  readonly replies: Journal<Seen.Reply>
  readonly cards: () => ReadonlyArray<Card>
  readonly dings: () => ReadonlyArray<Seen.Ding>
  /** The lines of a conversation, or of the direct ones of a person, as they stand there. */
  readonly lines: (id: string) => ReadonlyArray<Seen.Line>
}

interface Conversation {
  readonly id: string
  readonly direct: boolean
  /** The robots that were heard or spoken to in it. */
  readonly robots: ReadonlySet<string>
}

interface Place {
  readonly conversationId: string
  /** The person of a direct conversation. */
  readonly userId: string | undefined
  readonly card: string | undefined
}

/** The messages that replies are, by their keys: a key may stand for a message to several people. */
const sentOf = (replies: ReadonlyArray<Seen.Reply>): ReadonlyArray<Sent> =>
  [...new Set(replies.map(({ processQueryKey }) => processQueryKey))].flatMap((key) => {
    const those = replies.filter(({ processQueryKey }) => processQueryKey === key)
    const [first] = those
    if (key === undefined || first === undefined) return []
    const { at, clientId, conversationId, group } = first
    return [{
      key,
      clientId,
      at,
      group: group ? conversationId : undefined,
      userIds: group ? [] : those.map(({ to }) => to),
      recalled: false,
      readAt: new Map<string, number>()
    }]
  })

export const makeChats = (): Chats => {
  const conversations: Table<string, Conversation> = table(manyRecords)
  const written: Journal<Written & Place> = journal(manyRecords)
  const sends: Journal<Seen.Send> = journal(fewRecords)
  const replies: Journal<Seen.Reply> = journal(fewRecords)
  const sent: Table<string, Sent> = table(fewRecords)
  const said: Table<string, Said> = table(fewRecords)
  const cards: Table<string, Card> = table(fewRecords)
  const dings: Table<string, Seen.Ding> = table(fewRecords)

  const wrote = (line: Written & Place, robots: ReadonlyArray<string>) => {
    const { conversationId, userId } = line
    const key = conversationId.toLowerCase()
    const known = conversations.get(key)
    if (robots.some((robot) => known?.robots.has(robot) !== true)) {
      conversations.set(key, {
        id: known?.id ?? conversationId,
        direct: known?.direct ?? userId !== undefined,
        robots: new Set([...known?.robots ?? [], ...robots])
      })
    }
    written.push(line)
  }

  const change = (key: string, changed: Partial<Sent>) => {
    const known = sent.get(key)
    if (known !== undefined) sent.set(key, { ...known, ...changed })
  }

  const lineOf = ({ card, conversationId: _, userId, ...line }: Written & Place): ReadonlyArray<Seen.Line> => {
    const message = line.id === undefined ? undefined : sent.get(line.id)
    if (message?.recalled === true) return []
    const current = card === undefined ? undefined : cards.get(card)
    const seen = current === undefined ? undefined : shown(current, userId)
    return [{
      ...line,
      ...seen === undefined ? {} : { text: seen.text, title: seen.params["title"] },
      reactions: (line.id === undefined ? undefined : said.get(line.id))?.reactions.map(({ text }) => text) ?? [],
      readBy: [...message?.readAt.keys() ?? []].filter((reader) => userId === undefined || reader === userId),
      card: seen
    }]
  }

  const replied = (reply: Seen.Reply) => {
    const { at, card, clientId, conversationId, group, kind, mentions, processQueryKey, text, title, to } = reply
    replies.push(reply)
    wrote({
      at,
      from: clientId,
      text,
      title,
      id: processQueryKey,
      kind,
      mentions,
      card,
      conversationId,
      userId: group ? undefined : to
    }, [clientId])
  }

  return {
    conversation: (id) => conversations.get(id.toLowerCase()),
    groups: (robot) =>
      conversations.values().filter(({ direct, robots }) => !direct && robots.has(robot)).map(({ id }) => id),
    sent: sent.get,
    said: said.get,
    card: cards.get,
    ding: dings.get,
    apply: (it) => {
      switch (it._tag) {
        case "Sent": {
          sends.push(it.send)
          for (const message of sentOf(it.replies)) sent.set(message.key, message)
          for (const reply of it.replies) replied(reply)
          return
        }
        case "Recalled": {
          for (const key of it.keys) change(key, { recalled: true })
          return
        }
        case "Reacted": {
          const known = said.get(it.msgId)
          if (known !== undefined) said.set(it.msgId, { ...known, reactions: it.reactions })
          return
        }
        case "CardChanged":
          return cards.set(it.card.outTrackId, it.card)
        case "Dinged":
          return dings.set(it.ding.id, it.ding)
      }
    },
    heard: (conversationId, userId, robots, line) => {
      if (line.id !== undefined) {
        const known = said.get(line.id)
        said.set(line.id, {
          conversationIds: [...known?.conversationIds ?? [], conversationId],
          reactions: known?.reactions ?? []
        })
      }
      wrote({ ...line, conversationId, userId, card: undefined }, robots)
    },
    read: (userId, group, at) => {
      for (const { key, readAt, recalled, ...message } of sent.values()) {
        const isThere = group === undefined
          ? message.group === undefined && message.userIds.includes(userId)
          : message.group === group
        if (isThere && !recalled && !readAt.has(userId)) change(key, { readAt: new Map([...readAt, [userId, at]]) })
      }
    },
    sends,
    replies,
    cards: cards.values,
    dings: dings.values,
    lines: (id) => written.all().filter((line) => line.conversationId === id || line.userId === id).flatMap(lineOf)
  }
}
