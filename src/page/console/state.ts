/**
 * What the page knows, added up from what its process tells. Pure.
 *
 * @since 0.1.0
 */
import { type Account, type Entry, type Heard, mostOfKind, type Update } from "../../console/Protocol.ts"

type Of<Tag extends Entry["_tag"]> = Extract<Entry, { readonly _tag: Tag }>

/**
 * @since 0.1.0
 * @category models
 */
export interface State {
  /** Nothing was told yet. */
  readonly isEmpty: boolean
  readonly startedAt: number
  /** By how much the process's clock is ahead of the browser's, in milliseconds. */
  readonly aheadMs: number
  readonly showsText: boolean
  readonly hasSetup: boolean
  readonly hasInbox: boolean
  readonly accounts: ReadonlyArray<Account>
  /** The newest first, each. */
  readonly changes: ReadonlyArray<Of<"Change">>
  readonly incidents: ReadonlyArray<Of<"Incident">>
  readonly heard: ReadonlyArray<Heard>
}

/**
 * @since 0.1.0
 * @category constants
 */
export const initial: State = {
  isEmpty: true,
  startedAt: 0,
  aheadMs: 0,
  showsText: false,
  hasSetup: false,
  hasInbox: false,
  accounts: [],
  changes: [],
  incidents: [],
  heard: []
}

const isOf = <Tag extends Entry["_tag"]>(tag: Tag) => (entry: Entry): entry is Of<Tag> => entry._tag === tag

const newest = <A>(before: ReadonlyArray<A>, more: ReadonlyArray<A>): ReadonlyArray<A> =>
  [...more.toReversed(), ...before].slice(0, mostOfKind)

const merged = (before: ReadonlyArray<Heard>, more: ReadonlyArray<Heard>): ReadonlyArray<Heard> => {
  const all = new Map([...before, ...more].map((heard) => [heard.key, heard]))
  return [...all.values()].toSorted((a, b) => b.at - a.at).slice(0, mostOfKind)
}

/**
 * What is known with an update.
 *
 * @since 0.1.0
 * @category transitions
 */
export const reduce = (state: State, update: Update): State => {
  const before = update.isFirst ? initial : state
  const known = new Map([...before.accounts, ...update.accounts].map((account) => [account.id, account]))
  return {
    isEmpty: false,
    startedAt: update.startedAt,
    aheadMs: update.now - Date.now(),
    showsText: update.showsText,
    hasSetup: update.hasSetup,
    hasInbox: update.hasInbox,
    accounts: update.order.flatMap((id) => known.get(id) ?? []),
    changes: newest(before.changes, update.entries.filter(isOf("Change"))),
    incidents: newest(before.incidents, update.entries.filter(isOf("Incident"))),
    heard: merged(before.heard, update.entries.filter(isOf("Heard")))
  }
}

/**
 * What went wrong last with an account, if anything did.
 *
 * @since 0.1.0
 * @category accessors
 */
export const lastTrouble = ({ accounts, changes }: State, id: string) => {
  const now = accounts.find((account) => account.id === id)?.status.trouble
  if (now !== undefined) return { trouble: now, at: undefined }
  const change = changes.find(({ account, status }) => account === id && status.trouble !== undefined)
  return change?.status.trouble === undefined ? undefined : { trouble: change.status.trouble, at: change.at }
}
