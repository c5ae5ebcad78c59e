/** What stands in the conversations: who said what, what became of it, the cards among it, and who is out of reach. */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { fewRecords, type Journal, journal, manyRecords, type Table, table } from "../internal/bounded.ts"
import type * as Seen from "../Seen.ts"
import { cardAppearance } from "./appearance.ts"
import { type Card, shown } from "./card.ts"

/** Users whom DingTalk would not let the robot reach. */
export interface Refused {
  readonly invalid: ReadonlyArray<string>
  readonly flowControlled: ReadonlyArray<string>
  readonly filtered: ReadonlyArray<string>
}

/** A robot's message that is known by a key. */
export interface Sent {
  readonly key: string
  readonly clientId: string
  readonly at: number
  /** The group; `undefined` for direct conversations. */
  readonly group: string | undefined
  /** Whom it reached, of a direct one. */
  readonly userIds: ReadonlyArray<string>
  readonly recalled: boolean
  /** When somebody has read it, by user id. */
  readonly readAt: ReadonlyMap<string, number>
}

export interface Reaction {
  readonly clientId: string
  readonly text: string
}

/** A person's message. */
export interface Said {
  readonly msgId: string
  readonly conversationIds: ReadonlyArray<string>
  readonly reactions: ReadonlyArray<Reaction>
}

/** A line as it was written, before anything became of it. */
export type Written = Omit<Seen.Line, "reactions" | "readBy" | "card">

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

export class Conversations extends Context.Tag("effect-dingtalk/testing/people/Conversations")<Conversations, {
  /** A conversation that was spoken in, looked up without regard to case. */
  readonly conversation: (id: string) => Pick<Conversation, "id" | "direct"> | undefined
  /** The groups that a robot is in. */
  readonly groups: (clientId: string) => ReadonlyArray<string>
  /** A robot's message by its key. */
  readonly message: (key: string) => Sent | undefined
  /** A person's message by its `msgId`. */
  readonly said: (msgId: string) => Said | undefined
  readonly card: (outTrackId: string) => Card | undefined
  readonly ding: (id: string) => Seen.Ding | undefined
  /** A robot has spoken; `replies` is what people see of it. */
  readonly sent: (send: Seen.Send, replies: ReadonlyArray<Seen.Reply>) => void
  readonly recalled: (keys: ReadonlyArray<string>) => void
  /** The keys of robots' messages in the order in which they were recalled. */
  readonly recalls: Journal<string>
  readonly reacted: (msgId: string, reactions: ReadonlyArray<Reaction>) => void
  readonly setCard: (card: Card) => void
  readonly setDing: (ding: Seen.Ding) => void
  /** Somebody spoke to these robots in a conversation. */
  readonly heard: (
    conversationId: string,
    userId: string | undefined,
    robots: ReadonlyArray<string>,
    line: Written
  ) => void
  /** Somebody opened a group, or else the direct conversations, and has read what is there. */
  readonly read: (userId: string, group: string | undefined, at: number) => void
  readonly refused: () => Refused
  readonly refuseUsers: (refused: Partial<Refused>) => void
  /** The code by which a group refuses everything; `undefined` when it does not. */
  readonly refusedGroup: (id: string) => string | undefined
  readonly refuseGroup: (id: string, code: string) => void
  readonly restoreGroup: (id: string) => void
  readonly sends: Journal<Seen.Send>
  readonly replies: Journal<Seen.Reply>
  readonly cards: () => ReadonlyArray<Card>
  readonly dings: () => ReadonlyArray<Seen.Ding>
  /** Those that stand under people's messages. */
  readonly reactions: () => ReadonlyArray<Seen.Reaction>
  /** The lines of a conversation, or of the direct ones of a person, as they stand there. */
  readonly lines: (id: string) => ReadonlyArray<Seen.Line>
}>() {
  static readonly layer: Layer.Layer<Conversations> = Layer.sync(Conversations, () => {
    const conversations: Table<string, Conversation> = table(manyRecords)
    const written: Journal<Written & Place> = journal(manyRecords)
    const sends: Journal<Seen.Send> = journal(fewRecords)
    const replies: Journal<Seen.Reply> = journal(fewRecords)
    const sent: Table<string, Sent> = table(fewRecords)
    const said: Table<string, Said> = table(fewRecords)
    const cards: Table<string, Card> = table(fewRecords)
    const dings: Table<string, Seen.Ding> = table(fewRecords)
    const recalls: Journal<string> = journal(fewRecords)
    const refusedGroups: Table<string, string> = table(fewRecords)
    let refused: Refused = { invalid: [], flowControlled: [], filtered: [] }

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
        ...seen === undefined ? {} : cardAppearance(seen),
        reactions: (line.id === undefined ? undefined : said.get(line.id))?.reactions.map(({ text }) => text) ?? [],
        readBy: [...message?.readAt.keys() ?? []].filter((reader) => userId === undefined || reader === userId),
        card: seen
      }]
    }

    const replied = (reply: Seen.Reply) => {
      const { clientId, group, processQueryKey: id, to, via: _, ...line } = reply
      replies.push(reply)
      wrote({ ...line, from: clientId, id, userId: group ? undefined : to }, [clientId])
    }

    return {
      conversation: (id) => conversations.get(id.toLowerCase()),
      groups: (robot) =>
        conversations.values().filter(({ direct, id, robots }) =>
          !direct && robots.has(robot) && refusedGroups.get(id) === undefined
        )
          .map(({ id }) => id),
      message: sent.get,
      said: said.get,
      card: cards.get,
      ding: dings.get,
      sent: (send, sentReplies) => {
        sends.push(send)
        for (const message of sentOf(sentReplies)) sent.set(message.key, message)
        for (const reply of sentReplies) replied(reply)
      },
      recalled: (keys) => {
        for (const key of keys) {
          change(key, { recalled: true })
          recalls.push(key)
        }
      },
      recalls,
      reacted: (msgId, reactions) => {
        const known = said.get(msgId)
        if (known !== undefined) said.set(msgId, { ...known, reactions })
      },
      setCard: (card) => cards.set(card.outTrackId, card),
      setDing: (ding) => dings.set(ding.id, ding),
      heard: (conversationId, userId, robots, line) => {
        if (line.id !== undefined) {
          const known = said.get(line.id)
          said.set(line.id, {
            msgId: line.id,
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
      refused: () => refused,
      refuseUsers: (more) => {
        refused = { ...refused, ...more }
      },
      refusedGroup: refusedGroups.get,
      refuseGroup: refusedGroups.set,
      restoreGroup: refusedGroups.delete,
      sends,
      replies,
      cards: cards.values,
      dings: dings.values,
      reactions: () => said.values().flatMap(({ msgId, reactions }) => reactions.map((it) => ({ ...it, msgId }))),
      lines: (id) => written.all().filter((line) => line.conversationId === id || line.userId === id).flatMap(lineOf)
    }
  })
}
