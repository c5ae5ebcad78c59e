/**
 * What a route is: a pure function from a call and the state of the world to an answer and what changes by it. A new
 * part of DingTalk's API is a new function in the table of `routes.ts`.
 */
import type { App } from "../Options.ts"
import type * as Seen from "../Seen.ts"
import type { Settings } from "./settings.ts"

export type Json = Readonly<Record<string, unknown>>

export interface Call extends Omit<Seen.Request, "status"> {
  /** Fresh for each call: it becomes the request id, or the ticket, the token, the key that the answer holds. */
  readonly id: string
  /** The body as it came, for what is not JSON. */
  readonly bytes: Uint8Array
}

export interface Token {
  readonly clientId: string
  readonly expiresAt: number
}

/** What a session webhook stands for. */
export interface Session extends Token {
  readonly conversationId: string
  /** The person of a direct conversation, `undefined` for a group. */
  readonly userId: string | undefined
}

/** Users whom DingTalk would not let the robot reach. */
export interface Refused {
  readonly invalid: ReadonlyArray<string>
  readonly flowControlled: ReadonlyArray<string>
  readonly filtered: ReadonlyArray<string>
}

/** What routes may know. */
export interface World {
  readonly settings: Settings
  /** Host and port of the fake. */
  readonly host: string
  readonly token: (token: string) => Token | undefined
  readonly session: (session: string) => Session | undefined
  /** A conversation that was spoken in, looked up without regard to case. */
  readonly conversation: (id: string) => { readonly id: string; readonly direct: boolean } | undefined
  readonly refused: Refused
}

/** What a call changes. */
export type Change =
  | {
    readonly _tag: "TicketMinted"
    readonly ticket: string
    readonly clientId: string
    readonly subscriptions: ReadonlyArray<Seen.Subscription>
    readonly expiresAt: number
  }
  | { readonly _tag: "TokenMinted"; readonly token: string; readonly clientId: string; readonly expiresAt: number }
  | { readonly _tag: "Sent"; readonly send: Seen.Send; readonly replies: ReadonlyArray<Seen.Reply> }

export interface HttpAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

export interface Outcome {
  readonly answer: HttpAnswer
  readonly changes: ReadonlyArray<Change>
}

export type Route = (call: Call, world: World) => Outcome

export const isRecord = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

export const isText = (u: unknown): u is string => typeof u === "string" && u !== ""

export const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const json = (status: number, value: unknown): HttpAnswer => ({
  status,
  contentType: "application/json;charset=utf-8",
  body: JSON.stringify(value)
})

export const succeed = (value: Json, ...changes: ReadonlyArray<Change>): Outcome => ({
  answer: json(200, value),
  changes
})

/** A failure of the v1 API. */
export const refuse = (call: Call, status: number, code: string, message: string): Outcome => ({
  answer: json(status, { requestid: call.id.toUpperCase(), code, message }),
  changes: []
})

/** An answer of the legacy API: HTTP 200, whatever happened. */
export const legacy = (
  errcode: number,
  errmsg: string,
  rest: Json = {},
  ...changes: ReadonlyArray<Change>
): Outcome => ({
  answer: json(200, { errcode, errmsg, ...rest }),
  changes
})

export const hasJsonType = (call: Call): boolean => call.headers["content-type"]?.includes("application/json") === true

/** Requires a body of JSON with these fields in it; the codes are those seen in the field. */
export const withBody = (
  required: ReadonlyArray<string>,
  handle: (body: Json, call: Call, world: World) => Outcome
): Route =>
(call, world) => {
  if (!hasJsonType(call) || call.text === "") {
    return refuse(call, 400, "Missingbody", "body is mandatory for this action.")
  }
  const body = call.json
  if (!isRecord(body)) return refuse(call, 400, "Invalidbody", "Specified parameter body is not valid.")
  const missing = required.find((field) => body[field] === undefined || body[field] === null)
  return missing === undefined
    ? handle(body, call, world)
    : refuse(call, 400, `Missing${missing}`, `${missing} is mandatory for this action.`)
}

export const tokenHeader = "x-acs-dingtalk-access-token"

/** Requires a token that is still good: a dead one is HTTP 400, not 401. */
export const withToken = (route: (token: Token) => Route): Route => (call, world) => {
  const token = world.token(call.headers[tokenHeader] ?? "")
  return token === undefined || token.expiresAt <= call.at
    ? refuse(call, 400, "InvalidAuthentication", "不合法的access_token")
    : route(token)(call, world)
}

export const admits = (settings: Settings, clientId: unknown, clientSecret: unknown): clientId is string =>
  isText(clientId) && (
    settings.acceptAnyCredentials ||
    settings.apps.some((app) => app.clientId === clientId && app.clientSecret === clientSecret)
  )

const robotCodeOf = (app: App): string => app.robotCode ?? app.clientId

/** The code of an application's robot. */
export const robotCodeFor = (settings: Settings, clientId: string): string => {
  const app = settings.apps.find((app) => app.clientId === clientId)
  return app === undefined ? clientId : robotCodeOf(app)
}

/** Why this application may not speak as this robot; `undefined` when it may. */
export const robotProblem = (settings: Settings, clientId: string, robotCode: unknown): string | undefined => {
  if (!isText(robotCode)) return "invalidParameter.robotCode.empty"
  const owner = settings.apps.find((app) => robotCodeOf(app) === robotCode)
  if (owner === undefined) return settings.acceptAnyCredentials ? undefined : "invalidParameter.robotCode.notExsit"
  return owner.clientId === clientId ? undefined : "invalidParameter.robotCode.auth"
}
