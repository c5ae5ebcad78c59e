/**
 * A text that is being written, on as many cards as it takes: a card that is full is finished, and the next one goes on.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import { uuid } from "../../internal/uuid.ts"
import { type ApiError, isRetryable } from "../api/ApiError.ts"
import * as chunk from "../text/chunk.ts"
import type * as LiveCard from "./LiveCard.ts"

/**
 * How a text is cut up.
 *
 * @since 0.1.0
 * @category models
 */
export interface Cutting {
  /** The most characters that a card shows: some templates show nothing of a longer text. */
  readonly characters: number
  /** What is shown of a piece of the text. */
  readonly format: (text: string) => string
}

/**
 * A card, and where on the text it begins.
 *
 * @since 0.1.0
 * @category models
 */
export interface Page {
  readonly outTrackId: string
  readonly card: LiveCard.LiveCard
  readonly from: chunk.Place
}

/**
 * A text on cards.
 *
 * @since 0.1.0
 * @category models
 */
export interface LiveCards {
  /** The cards so far, the last one being written. */
  readonly pages: Effect.Effect<Arr.NonEmptyReadonlyArray<Page>>
  /** Why it is of no use any more; what can pass is none of it. */
  readonly broken: Effect.Effect<ApiError | undefined>
  /** Shows the text so far, and a note behind it if there is room, as `LiveCard.show` does. */
  readonly show: (text: string, note: string) => Effect.Effect<void>
  /** Shows the whole text and the end. */
  readonly finish: (text: string) => Effect.Effect<void, ApiError>
  /** Shows that it will not be finished, on the last card that is there, as `LiveCard.fail` does. */
  readonly fail: (words: string) => Effect.Effect<void, ApiError>
  /** Shows the end with these words behind what came so far, on the last card that is there, as `LiveCard.stop` does. */
  readonly stop: (words: string) => Effect.Effect<void, ApiError>
  /** What of a text no finished card shows. */
  readonly unshown: (text: string) => Effect.Effect<string>
}

const limits = (characters: number): chunk.Limits => ({ characters, jsonBytes: Infinity, markdown: true })

/**
 * The next card's worth of a text, if there is more of it than one card shows: cut as messages are.
 *
 * @since 0.1.0
 * @category decisions
 */
export const cutOff = (
  text: string,
  from: chunk.Place,
  { characters, format }: Cutting
): { readonly shown: string; readonly isBlank: boolean; readonly to: chunk.Place } | undefined => {
  if (format(chunk.rest(text, from, limits(characters))).length <= characters) return undefined
  let room = characters
  for (;;) {
    const { chunk: piece, isBlank, to } = chunk.next(text, from, limits(room))
    const shown = format(piece)
    if (shown.length <= characters || room <= 1) return { shown, isBlank, to }
    // What is shown is longer than what was cut: marks for line breaks, the edges of a code block.
    room = Math.max(1, Math.min(room - 1, Math.floor((room * characters) / shown.length)))
  }
}

/**
 * A text of which nothing is shown yet.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  newCard: (outTrackId: string) => Effect.Effect<LiveCard.LiveCard>,
  cutting: Cutting,
  /** Bounds the time that it takes to finish one card, and lets it be interrupted. */
  bounded: (finishing: Effect.Effect<void, ApiError>) => Effect.Effect<void, ApiError>
): Effect.Effect<LiveCards> =>
  Effect.gen(function*() {
    const newPage = (from: chunk.Place): Effect.Effect<Page> =>
      Effect.flatMap(uuid, (outTrackId) => Effect.map(newCard(outTrackId), (card) => ({ outTrackId, card, from })))
    const pages = yield* Ref.make<Arr.NonEmptyReadonlyArray<Page>>([yield* newPage(chunk.start)])
    const broken = yield* Ref.make<ApiError | undefined>(undefined)
    const last = Effect.map(Ref.get(pages), Arr.lastNonEmpty)

    const restOf = (text: string, { from }: Page): string => chunk.rest(text, from, limits(cutting.characters))

    /** The last page, and what it shows, after all that are full were finished. Blanks begin no other page. */
    const reached = (text: string): Effect.Effect<readonly [page: Page, shown: string], ApiError> =>
      Effect.flatMap(last, (page): Effect.Effect<readonly [page: Page, shown: string], ApiError> => {
        const full = cutOff(text, page.from, cutting)
        if (full === undefined) return Effect.succeed([page, cutting.format(restOf(text, page))])
        if (text.slice(full.to.at).trim() === "") return Effect.succeed([page, full.shown])
        const startNext = Effect.flatMap(newPage(full.to), (next) => Ref.update(pages, Arr.append(next)))
        const skip = Ref.update(pages, (all) => Arr.append(all.slice(0, -1), { ...page, from: full.to }))
        // A card that is finished must not be taken for one that is still being written.
        return Effect.uninterruptible(
          full.isBlank ? skip : Effect.zipRight(bounded(page.card.finish(full.shown)), startNext)
        ).pipe(Effect.zipRight(reached(text)))
      })

    /** The last card that is there, if there is one. */
    const lastThere = Effect.flatMap(Ref.get(pages), (all) =>
      Effect.map(
        Effect.forEach(all, ({ card }) => Effect.map(card.state, ({ phase }) => phase === "none" ? [] : [card])),
        (there) => there.flat().at(-1)
      ))

    return {
      pages: Ref.get(pages),
      broken: Effect.flatMap(Ref.get(broken), (error) =>
        error === undefined
          ? last.pipe(Effect.flatMap(({ card }) => card.state), Effect.map((state) => state.broken))
          : Effect.succeed(error)),
      show: (text, note) =>
        Effect.flatMap(Ref.get(broken), (error) =>
          error === undefined
            ? reached(text).pipe(
              Effect.flatMap(([page, shown]) =>
                page.card.show(shown, shown.length + note.length + 2 <= cutting.characters ? note : "")
              ),
              Effect.catchAll((error) => isRetryable(error) ? Effect.void : Ref.set(broken, error))
            )
            : Effect.void),
      finish: (text) => Effect.flatMap(reached(text), ([page, shown]) => bounded(page.card.finish(shown))),
      fail: (words) => Effect.flatMap(lastThere, (card) => card?.fail(words) ?? Effect.void),
      stop: (words) => Effect.flatMap(lastThere, (card) => card?.stop(words) ?? Effect.void),
      unshown: (text) => Effect.map(last, (page) => restOf(text, page))
    }
  })
