/**
 * What people see of the robots, as it happens: from what was told to what is there now. Pure.
 *
 * @since 0.1.0
 */
import { cardAppearance } from "../../testing/people/appearance.ts"
import type * as Seen from "../../testing/Seen.ts"
import { escaped } from "../text/printable.ts"
import type { Words } from "../words/Catalogue.ts"
import { cast } from "./cast.ts"

/**
 * What there is now.
 *
 * @since 0.1.0
 * @category models
 */
export interface Scene {
  /** Those behind the ones that were told. */
  readonly replies: ReadonlyArray<Seen.Reply>
  readonly cards: ReadonlyArray<Seen.Card>
  readonly reactions: ReadonlyArray<Seen.Reaction>
  /** The keys of all messages that were taken back. */
  readonly recalled: ReadonlyArray<string>
  readonly dings: ReadonlyArray<Seen.Ding>
  /** Those behind the ones that were told. */
  readonly closed: ReadonlyArray<Seen.Connection>
  readonly ever: number
}

/**
 * What was told.
 *
 * @since 0.1.0
 * @category models
 */
export interface Told {
  /** How each card was shown last, by its `outTrackId`. */
  readonly cards: ReadonlyMap<string, string>
  readonly reactions: ReadonlyArray<Seen.Reaction>
  readonly recalled: number
  readonly dings: number
  readonly ever: number
  /** What messages said, by the key of a robot's and the `msgId` of a person's; the last ones. */
  readonly texts: ReadonlyMap<string, string>
}

/**
 * @since 0.1.0
 * @category constants
 */
export const nothing: Told = {
  cards: new Map(),
  reactions: [],
  recalled: 0,
  dings: 0,
  ever: 0,
  texts: new Map()
}

/**
 * A line to be printed; a `passing` one will be followed by another one of the same thing.
 *
 * @since 0.1.0
 * @category models
 */
export interface Line {
  readonly text: string
  readonly passing: boolean
}

const line = (text: string): Line => ({ text, passing: false })

/** A text of several lines, indented behind the first. */
const indented = (text: string, by: string): string => text.split("\n").map(escaped).join(`\n${by}`)

const mostTexts = 500

/**
 * Remembers what a message said.
 *
 * @since 0.1.0
 * @category operations
 */
export const remember = (told: Told, entries: ReadonlyArray<readonly [id: string, text: string]>): Told => ({
  ...told,
  texts: new Map([...told.texts, ...entries].slice(-mostTexts))
})

/** The name of a place; groups are known by their titles. */
type Naming = (to: string, group: boolean) => string

const spoken = (to: string, how: string, text: string): string =>
  `${cast.robot} → ${escaped(to)} (${how}): ${indented(text, "    ")}`

/**
 * What a robot said.
 *
 * @since 0.1.0
 * @category rendering
 */
export const replyLine = (
  { group, shown, to, via }: Pick<Seen.Reply, "group" | "shown" | "to" | "via">,
  naming: Naming
): string => spoken(naming(to, group), via, shown)

type CardState = "card" | "typing" | "finished" | "failed" | "changed"

const waiting: ReadonlySet<Seen.CardStatus> = new Set(["processing", "inputting", "executing"])

const stateOf = ({ finalized, status, updates, writes }: Seen.Card): CardState => {
  if (status === "failed") return "failed"
  if (finalized || status === "finished") return "finished"
  if (waiting.has(status) || writes > 0) return "typing"
  return updates > 0 ? "changed" : "card"
}

/** What nobody reads on the card itself. */
const hidden = new Set(["flowStatus"])

/** Its text as people read it; of a template whose text is not known, its variables. */
const contentOf = (card: Seen.Card): string => {
  if (card.text !== "[card]") return cardAppearance(card).shown
  const variables = Object.entries(card.params).filter(([name]) => !hidden.has(name))
  return variables.length === 0 ? card.text : variables.map(([name, value]) => `${name}: ${value}`).join("\n")
}

/** The end of a text that is still being written: the whole of it comes when it is finished. */
const longestPassing = 400

const cardLine = (words: Words, card: Seen.Card, naming: Naming): Line => {
  const state = stateOf(card)
  const title = card.params["title"] ?? ""
  const text = contentOf(card)
  const whole = title === "" || title === text || text.startsWith("title: ") ? text : `${title}\n${text}`
  const passing = state === "typing"
  const shown = passing && whole.length > longestPassing ? `…${whole.slice(-longestPassing)}` : whole
  const to = card.places.map(({ group, to }) => naming(to, group)).join(", ")
  return { text: spoken(to, words.simulate[state], shown), passing }
}

const sameReaction = (a: Seen.Reaction) => (b: Seen.Reaction): boolean =>
  a.msgId === b.msgId && a.text === b.text && a.clientId === b.clientId

const remark = (text: string): Line => line(`(${text})`)

/**
 * What is new, as lines, and what is told then.
 *
 * @since 0.1.0
 * @category decisions
 */
export const since =
  (words: Words, naming: Naming) =>
  (before: Told, scene: Scene): { readonly told: Told; readonly lines: ReadonlyArray<Line> } => {
    const { simulate } = words
    const told = remember(before, [
      ...scene.replies.flatMap(({ card, processQueryKey, shown }) =>
        processQueryKey === undefined || card !== undefined ? [] : [[processQueryKey, shown] as const]
      ),
      ...scene.cards.flatMap((card) => card.places.map(({ carrierId }) => [carrierId, contentOf(card)] as const))
    ])
    const gone = new Set(scene.recalled)
    const shownCards = scene.cards.flatMap((card) => {
      const places = card.places.filter(({ carrierId }) => !gone.has(carrierId))
      const shown = cardLine(words, { ...card, places }, naming)
      return places.length === 0 || told.cards.get(card.outTrackId) === shown.text
        ? []
        : [{ id: card.outTrackId, shown }]
    })
    const texts = (id: string): string => indented(told.texts.get(id) ?? id, "    ")
    const reactions = (verb: string, some: ReadonlyArray<Seen.Reaction>, others: ReadonlyArray<Seen.Reaction>) =>
      some.filter((it) => !others.some(sameReaction(it))).map(({ msgId, text }) =>
        line(`${cast.robot} ${verb}: ${escaped(text)} ← ${texts(msgId)}`)
      )
    return {
      lines: [
        ...scene.ever > told.ever ? [remark(simulate.connected)] : [],
        ...scene.replies.filter(({ card }) => card === undefined).map((reply) => line(replyLine(reply, naming))),
        ...shownCards.map(({ shown }) => shown),
        ...reactions(simulate.reacted, scene.reactions, told.reactions),
        ...reactions(simulate.unreacted, told.reactions, scene.reactions),
        ...scene.recalled.slice(told.recalled).map((key) => line(`${cast.robot} ${simulate.recalled}: ${texts(key)}`)),
        ...scene.dings.slice(told.dings).map(({ by, content, userIds }) =>
          line(spoken(userIds.map((id) => naming(id, false)).join(", "), `${simulate.dinged}, ${by}`, content))
        ),
        ...scene.closed.map(({ closedBy }) => remark(closedBy === "client" ? simulate.robotClosed : simulate.closed))
      ],
      told: {
        ...told,
        cards: new Map(
          [...told.cards, ...shownCards.map(({ id, shown }) => [id, shown.text] as const)].slice(-mostTexts)
        ),
        reactions: scene.reactions,
        recalled: scene.recalled.length,
        dings: scene.dings.length,
        ever: scene.ever
      }
    }
  }
