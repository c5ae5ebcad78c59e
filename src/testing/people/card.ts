/** A card as DingTalk keeps it: what creates, updates and writes it. Pure. */
import { isRecord, isText, type Json } from "../internal/json.ts"
import type * as Seen from "../Seen.ts"

export type Params = Readonly<Record<string, string>>

/** What of a card nobody but DingTalk knows, and what everybody sees. */
export interface Card extends Omit<Seen.Card, "text" | "status"> {
  /** Whether buttons call back through Stream. */
  readonly callsBack: boolean
  /** The variable that was written last. */
  readonly writtenKey: string | undefined
  /** The ids of the last writing calls that took effect: one that comes again does nothing. */
  readonly guids: ReadonlyArray<string>
}

/** A card that nothing is known of so far, and that is shown nowhere. */
export const blank = (outTrackId: string, templateId: string, clientId: string, at: number): Card => ({
  outTrackId,
  templateId,
  clientId,
  createdAt: at,
  updatedAt: at,
  places: [],
  params: {},
  privateParams: {},
  updates: 0,
  writes: 0,
  finalized: false,
  lastMessage: undefined,
  searchText: undefined,
  forwardable: false,
  callsBack: false,
  writtenKey: undefined,
  guids: []
})

/** The values of `flowStatus` in AI templates. */
const statuses: ReadonlyMap<string, Seen.CardStatus> = new Map([
  ["1", "processing"],
  ["2", "inputting"],
  ["3", "finished"],
  ["4", "executing"],
  ["5", "failed"]
])

/** Where templates keep their text, if nobody wrote to them. The first is the one of DingTalk's public AI templates. */
const textKeys = ["msgContent", "content", "markdown", "text", "title"]

/** The card as people see it; of a person, with what only this one sees. */
export const shown = ({ callsBack: _, guids: _guids, writtenKey, ...card }: Card, userId?: string): Seen.Card => {
  const own = userId === undefined ? undefined : card.privateParams[userId]
  const params = { ...card.params, ...own }
  const key = [...writtenKey === undefined ? [] : [writtenKey], ...textKeys].find((key) => isText(params[key]))
  return {
    ...card,
    params,
    status: statuses.get(params["flowStatus"] ?? "") ?? "plain",
    text: (key === undefined ? undefined : params[key]) ?? "[card]"
  }
}

/** Variables as they come; `undefined` when one of them is no string. */
export const paramsOf = (data: unknown): Params | undefined => {
  const map = isRecord(data) ? data["cardParamMap"] ?? {} : {}
  if (!isRecord(map)) return undefined
  const strings = Object.entries(map).flatMap(([key, value]) =>
    typeof value === "string" ? [[key, value] as const] : []
  )
  return strings.length === Object.keys(map).length ? Object.fromEntries(strings) : undefined
}

/** How the card stands in lists and searches, by the models of its spaces: the first that says it counts. */
export const listingOf = (
  models: ReadonlyArray<unknown>
): Pick<Seen.Card, "lastMessage" | "searchText" | "forwardable"> => {
  const given = models.filter(isRecord)
  const lasts = given.flatMap(({ lastMessageI18n }) => isRecord(lastMessageI18n) ? Object.values(lastMessageI18n) : [])
  const searches = given.flatMap(({ searchSupport }) => isRecord(searchSupport) ? [searchSupport["searchDesc"]] : [])
  return {
    lastMessage: lasts.find(isText),
    searchText: searches.find(isText),
    forwardable: given.some(({ supportForward }) => supportForward === true)
  }
}

/** The variables that only some see, by user id; `undefined` when one of them is no string. */
export const privateParamsOf = (data: unknown): Readonly<Record<string, Params>> | undefined => {
  const entries = Object.entries(isRecord(data) ? data : {}).map(([userId, own]) => [userId, paramsOf(own)] as const)
  const good = entries.flatMap(([userId, own]) => own === undefined ? [] : [[userId, own] as const])
  return good.length === entries.length ? Object.fromEntries(good) : undefined
}

/** What an update or the answer to a press brings. */
export interface Update {
  readonly params: Params | undefined
  readonly privateParams: Readonly<Record<string, Params>>
  /** Without it, what is not named is lost. */
  readonly keepParams: boolean
  readonly keepPrivateParams: boolean
}

const keeps = (options: unknown, name: string): boolean => isRecord(options) && options[name] === true

/** The update in a body; `undefined` when a variable is no string. */
export const updateOf = (body: Json): Update | undefined => {
  const params = body["cardData"] === undefined ? {} : paramsOf(body["cardData"])
  const privateParams = privateParamsOf(body["privateData"])
  const options = body["cardUpdateOptions"]
  return params === undefined || privateParams === undefined ? undefined : {
    params: body["cardData"] === undefined ? undefined : params,
    privateParams,
    keepParams: keeps(options, "updateCardDataByKey"),
    keepPrivateParams: keeps(options, "updatePrivateDataByKey")
  }
}

export const updated = (card: Card, update: Update, at: number): Card => ({
  ...card,
  updatedAt: at,
  updates: card.updates + 1,
  params: update.params === undefined
    ? card.params
    : update.keepParams
    ? { ...card.params, ...update.params }
    : update.params,
  privateParams: {
    ...card.privateParams,
    ...Object.fromEntries(
      Object.entries(update.privateParams).map((
        [userId, own]
      ) => [userId, update.keepPrivateParams ? { ...card.privateParams[userId], ...own } : own])
    )
  }
})

/** The card after somebody's press was answered with this `data`; an answer that says nothing about it leaves it. */
export const answered = (card: Card, userId: string, data: unknown, at: number): Card => {
  const response = isRecord(data) ? data["response"] : undefined
  if (!isRecord(response)) return card
  const { cardData, cardUpdateOptions, userPrivateData } = response
  if (!isRecord(cardData) && !isRecord(userPrivateData)) return card
  const update = updateOf({
    cardUpdateOptions,
    ...isRecord(cardData) ? { cardData } : {},
    ...isRecord(userPrivateData) ? { privateData: { [userId]: userPrivateData } } : {}
  })
  return update === undefined ? card : updated(card, update, at)
}

const rememberedGuids = 100

/** One writing call. */
export interface Writing {
  readonly guid: string
  readonly key: string
  readonly content: string
  /** It replaces what is there. */
  readonly isFull: boolean
  readonly isFinalize: boolean
  readonly isError: boolean
}

/**
 * The last frame takes the card from being written to finished, an error to failed (documented). A call that comes again
 * by its `guid` does nothing, and so does one that comes after the last frame: the latter is ours, the sources do not say.
 */
export const written = (card: Card, writing: Writing, at: number): Card => {
  if (card.guids.includes(writing.guid) || card.finalized) return card
  const { content, guid, isError, isFinalize, isFull, key } = writing
  const status = isError ? { flowStatus: "5" } : isFinalize ? { flowStatus: "3" } : {}
  return {
    ...card,
    updatedAt: at,
    writes: card.writes + 1,
    writtenKey: key,
    finalized: isFinalize || isError,
    guids: [...card.guids, guid].slice(-rememberedGuids),
    params: { ...card.params, [key]: isFull ? content : `${card.params[key] ?? ""}${content}`, ...status }
  }
}
