/** What was seen so far, and waiting for what must be. */
import { NoSuchElementException } from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Awaiting, Done, ReadBack } from "../Face.ts"
import { Watch } from "../internal/Watch.ts"
import { Calls } from "../server/Calls.ts"
import { Deliveries } from "../server/Deliveries.ts"
import { Links } from "../server/Links.ts"
import { openPath, Upgrades } from "../server/Upgrades.ts"
import * as Card from "./card.ts"
import { Conversations } from "./Conversations.ts"
import { Files } from "./Files.ts"

/** What robots did by calls, and what people see of it. */
export const done: Effect.Effect<Done, never, Watch | Calls | Conversations | Files> = Effect.gen(function*() {
  const watch = yield* Watch
  const calls = yield* Calls
  const conversations = yield* Conversations
  const files = yield* Files
  const requests = (path?: string) =>
    Effect.sync(() => calls.requests.all().filter((request) => path === undefined || request.path === path))
  return {
    requests,
    sends: Effect.sync(conversations.sends.all),
    replies: Effect.sync(conversations.replies.all),
    replyStream: Stream.unfoldChunkEffect(
      0,
      (known) =>
        watch.wait(Effect.sync(() => {
          const fresh = conversations.replies.since(known)
          return fresh.length === 0
            ? Option.none()
            : Option.some(Option.some([Chunk.unsafeFromArray(fresh), conversations.replies.total()] as const))
        }))
    ),
    conversation: (id) => Effect.sync(() => conversations.lines(id)),
    cards: Effect.sync(() => conversations.cards().map((card) => Card.shown(card))),
    card: (outTrackId, as) =>
      Effect.suspend(() => {
        const card = conversations.card(outTrackId)
        return card === undefined
          ? Effect.fail(new NoSuchElementException(`no card ${outTrackId} is known`))
          : Effect.succeed(Card.shown(card, as))
      }),
    reactions: Effect.sync(conversations.reactions),
    dings: Effect.sync(conversations.dings),
    recalled: Effect.sync(conversations.recalls.all),
    uploads: Effect.sync(files.uploads),
    downloads: Effect.sync(calls.downloads.all)
  }
})

export const readBack: Effect.Effect<
  ReadBack,
  never,
  Watch | Deliveries | Calls | Links | Upgrades | Conversations | Files
> = Effect.gen(function*() {
  const deliveries = yield* Deliveries
  const links = yield* Links
  const upgrades = yield* Upgrades
  const seen = yield* done
  return {
    ...seen,
    opens: seen.requests(openPath),
    connections: Effect.sync(() => links.live().map((link) => link.info())),
    closedConnections: Effect.sync(links.closed.all),
    connectionsEver: Effect.sync(links.ever),
    maxConcurrent: (clientId) => Effect.sync(() => links.maxConcurrent(clientId ?? links.defaultClient())),
    refusedUpgrades: Effect.sync(upgrades.refused.all),
    deliveries: Effect.sync(deliveries.all),
    acks: Effect.sync(deliveries.acks),
    unacked: Effect.sync(deliveries.unacked),
    oddFrames: Effect.sync(deliveries.odd.all),
    stats: Effect.sync(deliveries.stats)
  }
})

export const awaiting = (back: ReadBack): Effect.Effect<
  Awaiting,
  never,
  Watch | Deliveries | Calls | Links | Upgrades | Conversations
> =>
  Effect.gen(function*() {
    const watch = yield* Watch
    const deliveries = yield* Deliveries
    const calls = yield* Calls
    const links = yield* Links
    const upgrades = yield* Upgrades
    const conversations = yield* Conversations
    const summary = () => {
      const { acked, delivered, undelivered } = deliveries.stats()
      return [
        `${calls.requestsTo(openPath)} openings`,
        `${links.ever()} connections (${links.live().length} live, ${upgrades.refused.total()} upgrades refused)`,
        `${delivered} deliveries (${acked} answered, ${undelivered} without a connection)`,
        `${deliveries.odd.total()} odd frames`,
        `${conversations.replies.total()} replies`,
        `${calls.requests.total()} HTTP calls`
      ].join(", ")
    }
    const until: Awaiting["until"] = (waitedFor, look) => watch.until(waitedFor, look, summary)
    /** Waits for a condition that is cheap to ask, then reads. */
    const after = <A>(waitedFor: string, holds: () => boolean, read: Effect.Effect<A>) =>
      Effect.zipRight(until(waitedFor, Effect.sync(() => holds() ? Option.some(undefined) : Option.none())), read)
    const awaitRequests: Awaiting["awaitRequests"] = (path, count) =>
      after(`${count} calls of ${path}`, () => calls.requestsTo(path) >= count, back.requests(path))
    return {
      awaitConnection: until("a connection", Effect.sync(() => Option.fromNullable(links.live()[0]?.info()))),
      awaitConnections: (count) =>
        after(`${count} live connections`, () => links.live().length >= count, back.connections),
      awaitConnectionsEver: (count) => after(`${count} connections`, () => links.ever() >= count, Effect.void),
      awaitClosed: (connection) =>
        until(
          connection === undefined ? "the end of all connections" : `the end of connection ${connection}`,
          Effect.sync(() =>
            connection === undefined
              ? links.live().length === 0 ? Option.fromNullable(links.closed.all().at(-1)) : Option.none()
              : Option.fromNullable(links.closed.all().find((it) => it.id === connection))
          )
        ),
      awaitAck: (id) => until(`the answer to ${id}`, Effect.sync(() => Option.fromNullable(deliveries.ackOf(id)))),
      awaitAllAcked: after("all answers", () => deliveries.open() === 0, back.stats),
      awaitReplies: (count) => after(`${count} replies`, () => conversations.replies.total() >= count, back.replies),
      awaitRequests,
      awaitDownloads: (count) => after(`${count} downloads`, () => calls.downloads.total() >= count, back.downloads),
      awaitCard: (is) =>
        until("a card", Effect.map(back.cards, (cards) => Option.fromNullable(cards.findLast((card) => is(card))))),
      awaitOpens: (count) => awaitRequests(openPath, count),
      until
    }
  })
