/**
 * Somebody used a card: pressed a button, submitted a form. And what the card shows in answer.
 *
 * DingTalk sends these only for cards that were created with `callbackType: "STREAM"`.
 *
 * @since 0.1.0
 */
import { type Decoded, decoded, undecodable } from "../../internal/decoded.ts"
import {
  deepest,
  firstString,
  isDeeper,
  isRecord,
  type JsonObject,
  none,
  record,
  string,
  unwrapped
} from "../../internal/json.ts"

/**
 * An action on a card.
 *
 * @since 0.1.0
 * @category models
 */
export interface CardAction {
  readonly _tag: "CardAction"
  /** The account whose robot had sent the card. */
  readonly accountId: string
  /** The card: the id that it was created with. */
  readonly outTrackId: string
  /** Who acted; `""` if DingTalk did not say. Which kind of id it is, `userIdType` says: `1` is a staff id. */
  readonly userId: string
  readonly userIdType: string | undefined
  /** The organisation of the user. */
  readonly corpId: string | undefined
  /** Where the card hangs, in the words of `spaceType`: for `im` a conversation. */
  readonly spaceId: string | undefined
  readonly spaceType: string | undefined
  /** The ids of the buttons (of the card's template) that were used. */
  readonly actionIds: ReadonlyArray<string>
  /** What the template attached to the action, or the user put into the form. */
  readonly params: { readonly [key: string]: unknown }
  /** The value of the button, in builds that send one: JSON, or a text; else `undefined`. */
  readonly actionValue: unknown
  /** What came with the card, parsed. */
  readonly extension: { readonly [key: string]: unknown }
  /** The payload as it came. */
  readonly raw: { readonly [key: string]: unknown }
}

/**
 * What to answer an action with: new values of the card's variables, for everyone (`cardData`) or only for the one who
 * acted (`userPrivateData`). An empty answer leaves the card as it is.
 *
 * The values are strings, because DingTalk takes nothing else. With `updateCardDataByKey` (`updatePrivateDataByKey`)
 * variables that are not named keep their value; without it they are lost. Both default to true, as those of
 * `DingTalkCards.update` do, and unlike DingTalk's own.
 *
 * @since 0.1.0
 * @category models
 */
export interface CardActionResponse {
  readonly cardUpdateOptions?: {
    readonly updateCardDataByKey?: boolean
    readonly updatePrivateDataByKey?: boolean
  }
  readonly cardData?: { readonly [variable: string]: string }
  readonly userPrivateData?: { readonly [variable: string]: string }
}

const empty: JsonObject = {}

/** A list, or a string of JSON that is a list. */
const strings = (u: unknown): ReadonlyArray<string> => {
  const value = unwrapped(u)
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : none
}

/** No build wraps an action more often than this. */
const deepestLayer = 4

/** What the payload says of the action, from the outside inwards: some builds wrap it once more than others. */
const layersOf = (data: JsonObject): ReadonlyArray<JsonObject> => {
  const within = (source: JsonObject): ReadonlyArray<JsonObject> =>
    [source.content, source.value, source.actionValue, source.cardPrivateData].flatMap((u) => record(u) ?? none)
  const layers: Array<JsonObject> = [data]
  let innermost: ReadonlyArray<JsonObject> = layers.slice()
  for (let depth = 0; depth < deepestLayer && innermost.length > 0; depth += 1) {
    innermost = innermost.flatMap(within)
    layers.push(...innermost)
  }
  return layers
}

/** A value that is words, and not JSON. */
const plainly = (u: unknown): string | undefined => unwrapped(u) === undefined ? string(u) : undefined

const first = <A>(layers: ReadonlyArray<JsonObject>, read: (layer: JsonObject) => A | undefined): A | undefined => {
  for (const layer of layers) {
    const found = read(layer)
    if (found !== undefined) return found
  }
  return undefined
}

const unlessEmpty = (found: JsonObject | undefined): JsonObject | undefined =>
  found !== undefined && Object.keys(found).length > 0 ? found : undefined

const actionIdsOf = (layer: JsonObject): ReadonlyArray<string> | undefined => {
  const ids = strings(layer.actionIds)
  const id = firstString(layer, "actionId")
  return ids.length > 0 ? ids : id === undefined ? undefined : [id]
}

const actionValueOf = (layer: JsonObject): unknown => {
  const value = layer.actionValue === "" ? undefined : layer.actionValue ?? undefined
  return unwrapped(value) ?? value
}

/**
 * Decodes the payload (`data`, already parsed) of a card callback that came to `account`. Total and pure: what can't be
 * read of the action is missing from `actionIds` and `params`, and is in `raw`.
 *
 * `content` and `value`, which may be objects or strings of JSON, are both read, and so is an `outTrackId` or an
 * `actionValue` within them. Who acted is read from the payload itself alone: what is inside, a template could set.
 *
 * @since 0.1.0
 * @category decoding
 */
export const decode = (account: { readonly id: string }, data: unknown): Decoded<CardAction> => {
  if (!isRecord(data)) return undecodable("notAnObject")
  if (isDeeper(data, deepest)) return undecodable("tooDeep")
  const layers = layersOf(data)
  const outTrackId = first(layers, (layer) => firstString(layer, "outTrackId", "out_track_id"))
  if (outTrackId === undefined) return undecodable("noCard")
  // What is meant stands under its name; without it, beside the ids.
  const actions = [...layers.flatMap((layer) => record(layer.cardPrivateData) ?? none), ...layers]
  const actionValue = first(layers, actionValueOf) ?? plainly(data.value) ?? plainly(data.content)
  return decoded({
    _tag: "CardAction",
    accountId: account.id,
    outTrackId,
    userId: string(data.userId) ?? "",
    userIdType: typeof data.userIdType === "number" ? String(data.userIdType) : string(data.userIdType),
    corpId: string(data.corpId),
    spaceId: string(data.spaceId),
    spaceType: string(data.spaceType),
    actionIds: first(actions, actionIdsOf) ?? none,
    params: first(actions, (layer) => unlessEmpty(record(layer.params))) ?? empty,
    actionValue,
    extension: record(data.extension) ?? empty,
    raw: data
  })
}

const cardParamMap = (variables: CardActionResponse["cardData"]) => variables && { cardParamMap: variables }

const keepOthers = { updateCardDataByKey: true, updatePrivateDataByKey: true }

const changesSomething = ({ cardData, userPrivateData }: CardActionResponse): boolean =>
  cardData !== undefined || userPrivateData !== undefined

/**
 * The answer as the `data` of an acknowledgement: JSON text.
 *
 * @since 0.1.0
 * @category encoding
 */
export const encodeResponse = (response: CardActionResponse): string =>
  JSON.stringify({
    response: {
      cardUpdateOptions: changesSomething(response)
        ? { ...keepOthers, ...response.cardUpdateOptions }
        : response.cardUpdateOptions,
      cardData: cardParamMap(response.cardData),
      userPrivateData: cardParamMap(response.userPrivateData)
    }
  })
