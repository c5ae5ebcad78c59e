/**
 * What the page shows of the conversations, and what of it is new. Pure.
 *
 * @since 0.1.0
 */
import type * as Seen from "../../testing/Seen.ts"
import type { Card, Line, News } from "./contract.ts"

/** Most lines of a conversation that a page is shown. */
const mostLines = 300

const cardOf = ({ finalized, outTrackId, params, privateParams, status, templateId, text }: Seen.Card): Card => ({
  outTrackId,
  templateId,
  params,
  privateParams,
  textKey: Object.keys(params).find((key) => params[key] === text),
  status,
  isOver: finalized
})

/**
 * The lines of a conversation, each with a key that stays. `people` are the staff ids of those who speak.
 *
 * @since 0.1.0
 * @category decisions
 */
export const linesOf = (lines: ReadonlyArray<Seen.Line>, people: ReadonlySet<string>): ReadonlyArray<Line> => {
  const nameless = new Map<number, number>()
  return lines.slice(-mostLines).map((line) => {
    const { at, card, content, from, id, kind, mentions, reactions, readBy, shown, text, title } = line
    const nth = nameless.get(at) ?? 0
    if (id === undefined) nameless.set(at, nth + 1)
    return {
      key: id ?? `webhook-${at}-${nth}`,
      at,
      from: people.has(from) ? from : undefined,
      kind,
      text,
      title,
      shown,
      content: card === undefined ? content : {},
      mentions,
      reactions,
      readBy: id === undefined ? undefined : readBy,
      card: card === undefined ? undefined : cardOf(card)
    }
  })
}

/**
 * All that there is to see: the lines of each conversation.
 *
 * @since 0.1.0
 * @category models
 */
export type Scene = ReadonlyMap<string, ReadonlyArray<Line>>

/**
 * What a page was told: each line as it was told last, by conversation and key.
 *
 * @since 0.1.0
 * @category models
 */
export type Told = ReadonlyMap<string, ReadonlyMap<string, string>>

/**
 * What of the scene is new.
 *
 * @since 0.1.0
 * @category decisions
 */
export const since = (told: Told, scene: Scene): { readonly told: Told } & Pick<News, "lines" | "gone"> => {
  const now = Array.from(scene, ([place, lines]) => ({
    place,
    lines: lines.map((line) => ({ line, text: JSON.stringify(line) }))
  }))
  return {
    lines: now.flatMap(({ lines, place }) =>
      lines.flatMap(({ line, text }) => told.get(place)?.get(line.key) === text ? [] : [{ place, line }])
    ),
    gone: now.flatMap(({ lines, place }) => {
      const there = new Set(lines.map(({ line }) => line.key))
      return [...told.get(place)?.keys() ?? []].flatMap((key) => there.has(key) ? [] : [{ place, key }])
    }),
    told: new Map(now.map(({ lines, place }) => [place, new Map(lines.map(({ line, text }) => [line.key, text]))]))
  }
}
