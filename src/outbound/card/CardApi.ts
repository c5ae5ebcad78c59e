/**
 * DingTalk's card API: create and deliver, update, write a text as it comes.
 *
 * @since 0.1.0
 */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import { isRecord, type JsonObject, text } from "../../internal/json.ts"
import { scrub } from "../../internal/net/scrub.ts"
import { uuid } from "../../internal/uuid.ts"
import * as ApiClient from "../api/ApiClient.ts"
import type { Account } from "../api/ApiClients.ts"
import { type ApiError, BadRequest } from "../api/ApiError.ts"
import type { Operation } from "../api/classifyAnswer.ts"
import * as hints from "../api/internal/hints.ts"
import { unsent } from "../api/internal/unsent.ts"
import * as RateLimit from "../api/RateLimit.ts"
import { shownBy } from "../message/said.ts"
import type { Target } from "../message/Target.ts"
import { titleOf } from "../text/words.ts"

/**
 * The variables of a card; DingTalk takes nothing but strings.
 *
 * @since 0.1.0
 * @category models
 */
export type Params = Readonly<Record<string, string>>

/**
 * A card to be made.
 *
 * @since 0.1.0
 * @category models
 */
export interface NewCard {
  readonly templateId: string
  /** The card's id, which nobody else may have. */
  readonly outTrackId: string
  readonly targets: readonly [Target, ...ReadonlyArray<Target>]
  readonly params: Params
  /** What only one person sees, by staff id. */
  readonly privateParams?: Readonly<Record<string, Params>> | undefined
  /** Whether people may forward it. Default false. */
  readonly supportForward?: boolean | undefined
  /** What chat lists and searches show of it. Default: the words of its variables ({@link previewOf}). */
  readonly preview?: string | undefined
}

/**
 * Where a card was to be shown, and whether it is.
 *
 * @since 0.1.0
 * @category models
 */
export interface Delivery {
  readonly spaceId: string
  readonly spaceType: string
  readonly delivered: boolean
  /** By which it can be recalled, like a `processQueryKey`. */
  readonly messageId: string | undefined
  /** What DingTalk said about a failure. */
  readonly detail: string
}

const spaceOf = ({ _tag, id }: Target): string => `${_tag === "User" ? "IM_ROBOT" : "IM_GROUP"}.${id}`

/**
 * The spaces of the targets, as the card API calls them: the prefix stands once, before all of them (DingTalk's API
 * reference).
 *
 * @since 0.1.0
 * @category encoding
 */
export const openSpaceId = (targets: NewCard["targets"]): string => `dtv1.card//${targets.map(spaceOf).join(";")}`

const cardData = (params: Params) => ({ cardParamMap: params })

/** Variables that hold what people read, in the order of what sums it up best. */
const telling = ["title", "msgTitle", "content", "msgContent", "markdown", "text", "msg"]

/**
 * What a chat list shows of a card that has these variables: the words of its title, or its text; else of the first
 * variable that has any; `通知` if none has.
 *
 * @since 0.1.0
 * @category decisions
 */
export const previewOf = (params: Params): string => {
  const values = [...telling.map((key) => params[key] ?? ""), ...Object.values(params)]
  return titleOf(values.find((value) => /\p{L}/u.test(value) && !/^\s*(?:[[{]|https?:)/.test(value)) ?? "")
}

const privateData = (params: NewCard["privateParams"]): JsonObject =>
  params === undefined ? {} : {
    privateData: Object.fromEntries(Object.entries(params).map(([userId, own]) => [userId, cardData(own)]))
  }

/**
 * The body of the call that makes a card and delivers it. It calls back through Stream.
 *
 * @since 0.1.0
 * @category encoding
 */
export const createBody = (card: NewCard, robotCode: string): JsonObject => {
  const preview = card.preview === undefined || card.preview.trim() === ""
    ? previewOf(card.params)
    : titleOf(card.preview)
  const space = {
    supportForward: card.supportForward ?? false,
    // Without these, the list of chats says that there is an interactive card, and no search finds it.
    lastMessageI18n: { ZH_CN: preview, EN_US: preview },
    searchSupport: { searchDesc: preview }
  }
  return {
    cardTemplateId: card.templateId,
    outTrackId: card.outTrackId,
    cardData: cardData(card.params),
    ...privateData(card.privateParams),
    callbackType: "STREAM",
    userIdType: 1,
    openSpaceId: openSpaceId(card.targets),
    ...(card.targets.some(({ _tag }) => _tag === "Group")
      ? { imGroupOpenSpaceModel: space, imGroupOpenDeliverModel: { robotCode } }
      : {}),
    ...(card.targets.some(({ _tag }) => _tag === "User")
      ? {
        imRobotOpenSpaceModel: space,
        imRobotOpenDeliverModel: { spaceType: "IM_ROBOT", robotCode }
      }
      : {})
  }
}

/**
 * The deliveries in an answer: a 200 with `success` says nothing about them.
 *
 * @since 0.1.0
 * @category decisions
 */
export const deliveriesOf = (json: JsonObject): ReadonlyArray<Delivery> => {
  const result = json["result"]
  const list = isRecord(result) ? result["deliverResults"] : undefined
  return Array.isArray(list)
    ? list.filter(isRecord).map((one) => ({
      spaceId: text(one["spaceId"]) ?? "",
      spaceType: text(one["spaceType"]) ?? "",
      delivered: one["success"] === true,
      messageId: text(one["carrierId"]),
      detail: text(one["errorMsg"]) ?? ""
    }))
    : []
}

const succeeded: Operation["proves"] = (json) => json["success"] === true

/** `success` says that the call was taken, `result` that it was done. */
const done: Operation["proves"] = (json) => succeeded(json) && json["result"] !== false

const createCard: Operation = { name: "createCard", kind: "send", proves: succeeded }
const updateCard: Operation = { name: "updateCard", kind: "idempotent", proves: done }
const writeCard: Operation = { name: "writeCard", kind: "idempotent", proves: done }

const put = (url: string, body: JsonObject): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.setMethod(ApiClient.post(url, body), "PUT")

/**
 * How often a call is tried at most; default 3.
 *
 * @since 0.1.0
 * @category models
 */
export interface Effort {
  readonly tries?: number
}

const call = (
  { client, settings }: Account,
  operation: Operation,
  request: HttpClientRequest.HttpClientRequest,
  effort: Effort
) => client.call({ operation, request, limit: RateLimit.fromSettings(settings), api: "card", ...effort })

/**
 * Makes a card and delivers it; returns where it is shown and where not. Fails with `BadRequest` (field `openSpaceId`)
 * when DingTalk made it and shows it nowhere.
 *
 * @since 0.1.0
 * @category operations
 */
export const create = (
  account: Account,
  card: NewCard,
  effort: Effort = {}
): Effect.Effect<ReadonlyArray<Delivery>, ApiError> => {
  const { apiBaseUrl, id, robotCode } = account.settings
  const url = `${apiBaseUrl}/v1.0/card/instances/createAndDeliver`
  return Effect.flatMap(
    call(account, createCard, ApiClient.post(url, createBody(card, robotCode)), effort),
    ({ json, requestId, status }) => {
      const deliveries = deliveriesOf(json)
      const ids = [card.outTrackId, ...deliveries.map(({ messageId }) => messageId)]
      return deliveries.length === 0 || deliveries.some(({ delivered }) => delivered)
        ? Effect.as(account.remember(ids, shownBy(card.params)), deliveries)
        : new BadRequest({
          ...unsent(
            id,
            createCard.name,
            scrub(deliveries.map(({ detail }) => detail).join("; "), []),
            hints.undelivered
          ),
          status,
          requestId,
          field: "openSpaceId"
        })
    }
  )
}

/**
 * What a card is to show from now on.
 *
 * @since 0.1.0
 * @category models
 */
export interface CardUpdate {
  readonly params?: Params | undefined
  /** What only one person sees, by staff id. */
  readonly privateParams?: Readonly<Record<string, Params>> | undefined
  /** Without it, variables that are not named are lost. Default true. */
  readonly keepOthers?: boolean | undefined
}

/**
 * Updates a card.
 *
 * @since 0.1.0
 * @category operations
 */
export const update = (
  account: Account,
  outTrackId: string,
  { keepOthers = true, params, privateParams }: CardUpdate,
  effort: Effort = {}
): Effect.Effect<void, ApiError> =>
  Effect.zipRight(
    call(
      account,
      updateCard,
      put(`${account.settings.apiBaseUrl}/v1.0/card/instances`, {
        outTrackId,
        ...(params === undefined ? {} : { cardData: cardData(params) }),
        ...privateData(privateParams),
        cardUpdateOptions: { updateCardDataByKey: keepOthers, updatePrivateDataByKey: keepOthers },
        userIdType: 1
      }),
      effort
    ),
    account.remember([outTrackId], shownBy(params ?? {}))
  )

/**
 * One state of a text that is being written.
 *
 * @since 0.1.0
 * @category models
 */
export interface Writing {
  /** The variable of the template that holds the text. */
  readonly key: string
  /** The whole text so far: it replaces what is there. */
  readonly content: string
  /** `more`: the card shows that there is more to come. */
  readonly state: "more" | "finished" | "failed"
}

/**
 * Writes the text of a card.
 *
 * @since 0.1.0
 * @category operations
 */
export const write = (
  account: Account,
  outTrackId: string,
  { content, key, state }: Writing,
  effort: Effort = {}
): Effect.Effect<void, ApiError> =>
  Effect.flatMap(uuid, (guid) =>
    Effect.zipRight(
      call(
        account,
        writeCard,
        put(`${account.settings.apiBaseUrl}/v1.0/card/streaming`, {
          outTrackId,
          guid,
          key,
          content,
          isFull: true,
          isFinalize: state !== "more",
          isError: state === "failed"
        }),
        effort
      ),
      account.remember([outTrackId], content)
    ))
