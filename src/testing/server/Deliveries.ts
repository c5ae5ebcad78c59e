/** What is delivered over the sockets, and the book of its answers. Everything here takes constant time per frame. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { randomBytes, randomUUID } from "node:crypto"
import * as Answers from "../internal/answers.ts"
import { fewRecords, type Journal, journal, manyRecords, type Table, table } from "../internal/bounded.ts"
import { Settings } from "../internal/settings.ts"
import { Timers } from "../internal/Timers.ts"
import { Watch } from "../internal/Watch.ts"
import { frame } from "../Payloads.ts"
import type * as Seen from "../Seen.ts"
import type { Link } from "./Link.ts"
import { Links } from "./Links.ts"

/** What is to be delivered, the same for each attempt. */
export interface Parcel {
  readonly type: Seen.Delivery["type"]
  readonly topic: string
  /** The message's own id, or the event's. */
  readonly msgId: string | undefined
  /** What tells it from all others of the application: the message's own id, where it has one. */
  readonly key: string
  readonly clientId: string
  /** JSON text. */
  readonly data: string
  readonly headers: Readonly<Record<string, string>>
  /** What the first answer of code 200 leads to, with its `data`. */
  readonly onAnswer?: (data: unknown) => void
}

interface Entry {
  readonly delivery: Seen.Delivery
  readonly key: string
  readonly onAnswer: Parcel["onAnswer"]
  /** The monotonic clock, in milliseconds. */
  readonly sentAt: number
  /** What a SYSTEM ping must bring back. */
  readonly opaque: string | undefined
  readonly answer: (Answers.Answer & { readonly connection: string; readonly delayMs: number }) | undefined
  readonly count: number
}

const oddTextLength = 1_000

const ackOfEntry = ({ answer, count, delivery, opaque }: Entry): ReadonlyArray<Seen.Ack> =>
  answer === undefined ? [] : [{
    delivery,
    connection: answer.connection,
    code: answer.code,
    message: answer.message,
    data: Answers.dataOf(answer.data),
    delayMs: answer.delayMs,
    count,
    echoed: opaque === undefined ? undefined : Answers.echoes(opaque, answer)
  }]

export class Deliveries extends Context.Tag("effect-dingtalk/testing/server/Deliveries")<Deliveries, {
  /** Delivers to one of the application's connections that takes it, chosen at random. */
  readonly deliver: (parcel: Parcel) => Seen.Delivery
  /** The next attempt of a message, to every application that got it. */
  readonly redeliver: (msgId: string) => ReadonlyArray<Seen.Delivery>
  /** Holds parcels until their applications connect next. */
  readonly hold: (parcels: ReadonlyArray<Parcel>) => void
  /** Sends a SYSTEM frame on this very connection. */
  readonly system: (link: Link, topic: string, data: unknown) => Seen.Delivery
  /** Sends a SYSTEM ping, which must bring back what it was sent with. */
  readonly ping: (link: Link) => Seen.Delivery
  /** A connection is there: it gets its greeting, and what was held. */
  readonly opened: (link: Link) => void
  /** Takes what came over a socket. */
  readonly answered: (link: Link, text: string) => void
  readonly gotBinary: (link: Link, bytes: Buffer) => void
  readonly all: () => ReadonlyArray<Seen.Delivery>
  readonly acks: () => ReadonlyArray<Seen.Ack>
  /** By the frame's id or by the message's. */
  readonly ackOf: (id: string) => Seen.Ack | undefined
  readonly unacked: () => ReadonlyArray<Seen.Delivery>
  /** How many those are. */
  readonly open: () => number
  readonly odd: Journal<Seen.OddFrame>
  readonly stats: () => Seen.Stats
}>() {
  static readonly layer: Layer.Layer<Deliveries, never, Settings | Timers | Watch | Links> = Layer.effect(
    Deliveries,
    Effect.gen(function*() {
      const settings = yield* Settings
      const timers = yield* Timers
      const watch = yield* Watch
      const links = yield* Links
      const entries: Table<string, Entry> = table(manyRecords)
      const answeredBy: Table<string, string> = table(manyRecords)
      const parcels: Table<string, ReadonlyArray<{ readonly parcel: Parcel; readonly attempt: number }>> = table(
        fewRecords
      )
      const due = new Map<string, { readonly cancel: () => void; readonly again: () => void }>()
      /** The latest attempt of what has no answer so far. */
      const open: Table<string, Seen.Delivery> = table(manyRecords)
      const odd: Journal<Seen.OddFrame> = journal(fewRecords)
      const delays: Journal<number> = journal(manyRecords)
      const prefix = randomBytes(4).toString("hex")
      const held = new Map<string, ReadonlyArray<Parcel>>()
      let serial = 0
      let delivered = 0
      let undelivered = 0
      let acked = 0
      let doubleAcked = 0
      let redelivered = 0

      /** In the shapes of the field: `212ca9d7_974_1898c159aa6_1783b`, and `c0a815dd1698551133918195d43` for SYSTEM. */
      const newMessageId = (type: Parcel["type"], at: number): string => {
        const n = (++serial).toString(16)
        return type === "SYSTEM" ? `${prefix}${at}${n}` : `${prefix}_${n}_${at.toString(16)}_1783b`
      }

      const callOff = (key: string) => {
        due.get(key)?.cancel()
        due.delete(key)
      }

      const plan = (key: string, ms: number, again: () => void) => {
        callOff(key)
        const cancel = timers.after(ms, () => {
          due.delete(key)
          again()
        })
        due.set(key, { cancel, again })
      }

      /** An answer to any attempt settles the message: ours, the sources do not say. */
      const schedule = (parcel: Parcel, attempt: number, key: string) => {
        const ms = parcel.type === "EVENT" ? settings.redeliverEventsAfterMs : settings.redeliverAfterMs
        if (ms !== undefined) plan(key, ms, () => attemptOnce(parcel, attempt + 1))
      }

      const put = (
        link: Link | undefined,
        parcel: Parcel,
        attempt: number,
        opaque: string | undefined
      ): Seen.Delivery => {
        const at = Date.now()
        const { clientId, data, headers, msgId, onAnswer, topic, type } = parcel
        const key = `${clientId} ${parcel.key}`
        const messageId = newMessageId(type, at)
        const delivery: Seen.Delivery = { messageId, type, topic, msgId, clientId, attempt, at, connection: link?.id }
        const sentAt = performance.now()
        entries.set(messageId, { delivery, key, onAnswer, sentAt, opaque, answer: undefined, count: 0 })
        if (type !== "SYSTEM") {
          if (link === undefined) undelivered++
          else delivered++
          if (attempt > 1) redelivered++
          if (msgId !== undefined) remember(msgId, parcel, attempt)
          if (link !== undefined) open.set(key, delivery)
          schedule(parcel, attempt, key)
        }
        link?.send(
          frame({
            type,
            topic,
            messageId,
            at,
            data,
            headers: type === "CALLBACK" ? { connectionId: link.id, ...headers } : headers
          })
        )
        watch.changed()
        return delivery
      }

      const remember = (msgId: string, parcel: Parcel, attempt: number) => {
        const others = (parcels.get(msgId) ?? []).filter((it) => it.parcel.clientId !== parcel.clientId)
        parcels.set(msgId, [...others, { parcel, attempt }])
      }

      const attemptOnce = (parcel: Parcel, attempt: number): Seen.Delivery => {
        const taking = links.live({ clientId: parcel.clientId }).filter((link) => link.takes(parcel.type, parcel.topic))
        return put(taking[Math.floor(settings.random() * taking.length)], parcel, attempt, undefined)
      }

      const answered = (link: Link, text: string): void => {
        const answer = Answers.read(text)
        const entry = typeof answer === "string" ? undefined : entries.get(answer.messageId)
        if (typeof answer === "string" || entry === undefined) {
          const why = typeof answer === "string" ? answer : "unknownMessageId"
          odd.push({ at: Date.now(), connection: link.id, why, text: text.slice(0, oddTextLength) })
          return watch.changed()
        }
        const { delivery, key } = entry
        if (entry.answer !== undefined) {
          doubleAcked++
          entries.set(delivery.messageId, { ...entry, count: entry.count + 1 })
          return watch.changed()
        }
        const delayMs = performance.now() - entry.sentAt
        entries.set(delivery.messageId, { ...entry, answer: { ...answer, connection: link.id, delayMs }, count: 1 })
        if (answer.code === 200) entry.onAnswer?.(Answers.dataOf(answer.data))
        if (delivery.type !== "SYSTEM") {
          acked++
          open.delete(key)
          delays.push(delayMs)
          if (delivery.msgId !== undefined) answeredBy.set(delivery.msgId, delivery.messageId)
          const next = due.get(key)
          if (delivery.type === "CALLBACK" || Answers.settlesEvent(answer)) callOff(key)
          else if (next !== undefined) plan(key, settings.redeliverLaterAfterMs, next.again)
        }
        watch.changed()
      }

      const system = (link: Link, topic: string, data: unknown, opaque?: string): Seen.Delivery =>
        put(
          link,
          {
            type: "SYSTEM",
            topic,
            msgId: undefined,
            key: randomUUID(),
            clientId: link.clientId,
            data: JSON.stringify(data),
            headers: {}
          },
          1,
          opaque
        )

      const ping = (link: Link): Seen.Delivery => {
        const opaque = randomUUID()
        return system(link, "ping", { opaque }, opaque)
      }

      if (settings.pingIntervalMs !== undefined) timers.every(settings.pingIntervalMs, () => links.live().forEach(ping))

      return {
        deliver: (parcel) => attemptOnce(parcel, 1),
        redeliver: (msgId) => (parcels.get(msgId) ?? []).map(({ attempt, parcel }) => attemptOnce(parcel, attempt + 1)),
        hold: (parcels) => {
          for (const parcel of parcels) held.set(parcel.clientId, [...held.get(parcel.clientId) ?? [], parcel])
        },
        system,
        ping,
        opened: (link) => {
          if (settings.greet) {
            for (const topic of ["CONNECTED", "REGISTERED"]) system(link, topic, {})
          }
          const parcels = held.get(link.clientId) ?? []
          held.delete(link.clientId)
          for (const parcel of parcels) attemptOnce(parcel, 1)
        },
        answered,
        gotBinary: (link, bytes) => {
          const text = bytes.toString("utf8", 0, oddTextLength)
          odd.push({ at: Date.now(), connection: link.id, why: "binary", text })
          watch.changed()
        },
        all: () => entries.values().map((entry) => entry.delivery),
        acks: () => entries.values().flatMap(ackOfEntry),
        ackOf: (id) => {
          const entry = entries.get(id) ?? entries.get(answeredBy.get(id) ?? "")
          return entry === undefined ? undefined : ackOfEntry(entry)[0]
        },
        unacked: open.values,
        open: open.size,
        odd,
        stats: () => {
          const values = delays.all()
          return {
            delivered,
            undelivered,
            acked,
            doubleAcked,
            unacked: open.size(),
            redelivered,
            p50Ms: Answers.quantile(values, 0.5),
            p99Ms: Answers.quantile(values, 0.99)
          }
        }
      }
    })
  )
}
