/**
 * What the page knows. Pure.
 *
 * @since 0.1.0
 */
import type { Line, News, Note, Person, Stage } from "../../cli/play/contract.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface State {
  /** `undefined` before anything was told. */
  readonly stage: Stage | undefined
  /** The lines of each conversation, by their keys, in order. */
  readonly places: ReadonlyMap<string, ReadonlyMap<string, Line>>
  readonly notes: ReadonlyArray<Note>
}

/**
 * @since 0.1.0
 * @category constants
 */
export const nothing: State = { stage: undefined, places: new Map(), notes: [] }

const mostNotes = 200

/**
 * The state after some news.
 *
 * @since 0.1.0
 * @category decisions
 */
export const after = (state: State, { first, gone, lines, notes, stage }: News): State => {
  const before = first ? nothing : state
  const touched = new Set([...lines, ...gone].map(({ place }) => place))
  const changed = [...touched].map((place) => {
    const known = new Map(before.places.get(place))
    for (const { key, place: at } of gone) if (at === place) known.delete(key)
    for (const { line, place: at } of lines) if (at === place) known.set(line.key, line)
    return [place, known] as const
  })
  return {
    stage,
    places: touched.size === 0 ? before.places : new Map([...before.places, ...changed]),
    notes: notes.length === 0 ? before.notes : [...before.notes, ...notes].slice(-mostNotes)
  }
}

/**
 * Where somebody is: in a group, or alone with the robot.
 *
 * @since 0.1.0
 * @category models
 */
export interface Place {
  readonly me: Person
  readonly group: Stage["groups"][number] | undefined
}

/**
 * The name under which a conversation is told of.
 *
 * @since 0.1.0
 * @category decisions
 */
export const idOf = ({ group, me }: Place): string => group?.conversationId ?? me.staffId

/**
 * The path of a conversation.
 *
 * @since 0.1.0
 * @category decisions
 */
export const pathOf = (staffId: string, groupId?: string): string =>
  `/as/${encodeURIComponent(staffId)}${groupId === undefined ? "/robot" : `/in/${encodeURIComponent(groupId)}`}`
