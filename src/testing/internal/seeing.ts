/** What was seen so far, and waiting for what must be. */
import { NoSuchElementException } from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Awaiting, ReadBack } from "../Face.ts"
import * as Card from "./card.ts"
import type { Parts } from "./parts.ts"
import { openPath } from "./routes.ts"

export const readBack = ({ defaultClient, deliveries, registry, state, upgrades, watch }: Parts): ReadBack => {
  const requests = (path?: string) =>
    Effect.sync(() => state.requests.all().filter((request) => path === undefined || request.path === path))
  return {
    opens: requests(openPath),
    requests,
    connections: Effect.sync(() => registry.live().map((link) => link.info())),
    closedConnections: Effect.sync(registry.closed.all),
    connectionsEver: Effect.sync(registry.ever),
    maxConcurrent: (clientId) => Effect.sync(() => registry.maxConcurrent(clientId ?? defaultClient())),
    refusedUpgrades: Effect.sync(upgrades.refused.all),
    deliveries: Effect.sync(deliveries.all),
    acks: Effect.sync(deliveries.acks),
    unacked: Effect.sync(deliveries.unacked),
    oddFrames: Effect.sync(deliveries.odd.all),
    stats: Effect.sync(deliveries.stats),
    sends: Effect.sync(state.chats.sends.all),
    replies: Effect.sync(state.chats.replies.all),
    replyStream: Stream.unfoldChunkEffect(
      0,
      (known) =>
        watch.wait(Effect.sync(() => {
          const fresh = state.chats.replies.since(known)
          return fresh.length === 0
            ? Option.none()
            : Option.some(Option.some([Chunk.unsafeFromArray(fresh), state.chats.replies.total()] as const))
        }))
    ),
    conversation: (id) => Effect.sync(() => state.chats.lines(id)),
    cards: Effect.sync(() => state.chats.cards().map((card) => Card.shown(card))),
    card: (outTrackId, as) =>
      Effect.suspend(() => {
        const card = state.chats.card(outTrackId)
        return card === undefined
          ? Effect.fail(new NoSuchElementException(`no card ${outTrackId} is known`))
          : Effect.succeed(Card.shown(card, as))
      }),
    dings: Effect.sync(state.chats.dings),
    uploads: Effect.sync(state.files.uploads),
    downloads: Effect.sync(state.files.downloads.all)
  }
}

export const awaiting = ({ deliveries, registry, state, upgrades, watch }: Parts, back: ReadBack): Awaiting => {
  const summary = () => {
    const { acked, delivered, undelivered } = deliveries.stats()
    return [
      `${state.requestsTo(openPath)} openings`,
      `${registry.ever()} connections (${registry.live().length} live, ${upgrades.refused.total()} upgrades refused)`,
      `${delivered} deliveries (${acked} answered, ${undelivered} without a connection)`,
      `${deliveries.odd.total()} odd frames`,
      `${state.chats.replies.total()} replies`,
      `${state.requests.total()} HTTP calls`
    ].join(", ")
  }
  const until: Awaiting["until"] = (waitedFor, look) => watch.until(waitedFor, look, summary)
  /** Waits for a condition that is cheap to ask, then reads. */
  const after = <A>(waitedFor: string, holds: () => boolean, read: Effect.Effect<A>) =>
    Effect.zipRight(until(waitedFor, Effect.sync(() => holds() ? Option.some(undefined) : Option.none())), read)
  const awaitRequests: Awaiting["awaitRequests"] = (path, count) =>
    after(`${count} calls of ${path}`, () => state.requestsTo(path) >= count, back.requests(path))
  return {
    awaitConnection: until("a connection", Effect.sync(() => Option.fromNullable(registry.live()[0]?.info()))),
    awaitConnections: (count) =>
      after(`${count} live connections`, () => registry.live().length >= count, back.connections),
    awaitConnectionsEver: (count) => after(`${count} connections`, () => registry.ever() >= count, Effect.void),
    awaitClosed: (connection) =>
      until(
        connection === undefined ? "the end of all connections" : `the end of connection ${connection}`,
        Effect.sync(() =>
          connection === undefined
            ? registry.live().length === 0 ? Option.fromNullable(registry.closed.all().at(-1)) : Option.none()
            : Option.fromNullable(registry.closed.all().find((it) => it.id === connection))
        )
      ),
    awaitAck: (id) => until(`the answer to ${id}`, Effect.sync(() => Option.fromNullable(deliveries.ackOf(id)))),
    awaitAllAcked: after("all answers", () => deliveries.open() === 0, back.stats),
    awaitReplies: (count) => after(`${count} replies`, () => state.chats.replies.total() >= count, back.replies),
    awaitRequests,
    awaitDownloads: (count) =>
      after(`${count} downloads`, () => state.files.downloads.total() >= count, back.downloads),
    awaitCard: (is) =>
      until("a card", Effect.map(back.cards, (cards) => Option.fromNullable(cards.findLast((card) => is(card))))),
    awaitOpens: (count) => awaitRequests(openPath, count),
    until
  }
}
