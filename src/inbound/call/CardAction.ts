/**
 * Somebody used a card: pressed a button, submitted a form. And what the card shows in answer.
 *
 * DingTalk sends these only for cards that were created with `callbackType: "STREAM"`.
 *
 * @since 0.1.0
 */
import { type Decoded, decoded, undecodable } from "../../internal/decoded.ts"
import { isRecord, type Json, none, parseJson, record, string } from "../../internal/wire.ts"

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

const empty: Json = {}

/** A list, or a string of JSON that is a list. */
const strings = (u: unknown): ReadonlyArray<string> => {
  const value = typeof u === "string" ? parseJson(u) : u
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : none
}

/**
 * Decodes the payload (`data`, already parsed) of a card callback that came to `account`. Total and pure: what can't be
 * read of the action is missing from `actionIds` and `params`, and is in `raw`.
 *
 * `content`, in some builds `value`, may be an object or a string of JSON.
 *
 * @since 0.1.0
 * @category decoding
 */
export const decode = (account: { readonly id: string }, data: unknown): Decoded<CardAction> => {
  if (!isRecord(data)) return undecodable("notAnObject")
  const outTrackId = string(data.outTrackId)
  if (outTrackId === undefined) return undecodable("noCard")
  const content = record(data.content) ?? record(data.value) ?? empty
  const action = record(content.cardPrivateData) ?? empty
  return decoded({
    _tag: "CardAction",
    accountId: account.id,
    outTrackId,
    userId: string(data.userId) ?? "",
    userIdType: typeof data.userIdType === "number" ? String(data.userIdType) : string(data.userIdType),
    corpId: string(data.corpId),
    spaceId: string(data.spaceId),
    spaceType: string(data.spaceType),
    actionIds: strings(action.actionIds),
    params: record(action.params) ?? empty,
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
