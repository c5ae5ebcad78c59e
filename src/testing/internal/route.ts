/**
 * What a route is: a pure function from a call and the state of the world to an answer and what changes by it. A new
 * part of DingTalk's API is a new function in the table of `routes.ts`.
 */
import type { App } from "../Options.ts"
import type * as Seen from "../Seen.ts"
import type { Settings } from "./settings.ts"
import type { Change, Token, World, Zeros } from "./world.ts"

export type Json = Readonly<Record<string, unknown>>

export interface Call extends Omit<Seen.Request, "status"> {
  /** Fresh for each call: it becomes the request id, or the ticket, the token, the key that the answer holds. */
  readonly id: string
  /** The body as it came, for what is not JSON. */
  readonly bytes: Uint8Array
}

export interface HttpAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string | Uint8Array | Zeros
  /** By lower-case name, over the usual ones; an empty one is left out. */
  readonly headers?: Readonly<Record<string, string>>
  /** The download code, where it is a person's file that is answered. */
  readonly fileOf?: string
}

export interface Outcome {
  readonly answer: HttpAnswer
  readonly changes: ReadonlyArray<Change>
}

export type Route = (call: Call, world: World) => Outcome

export const isRecord = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

/** The texts of a list; none of what is no list. */
export const texts = (u: unknown): ReadonlyArray<string> => Array.isArray(u) ? u.filter(isText) : []

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

/** The token of a call, of either API, if it is still good. */
export const tokenOf = (call: Call, world: Pick<World, "token">): Token | undefined => {
  const token = world.token(call.headers[tokenHeader] ?? call.query["access_token"] ?? "")
  return token === undefined || token.expiresAt <= call.at ? undefined : token
}

/** Requires a token that is still good: a dead one is HTTP 400, not 401. */
export const withToken = (route: (token: Token) => Route): Route => (call, world) => {
  const token = call.headers[tokenHeader] === undefined ? undefined : tokenOf(call, world)
  return token === undefined
    ? refuse(call, 400, "InvalidAuthentication", "不合法的access_token")
    : route(token)(call, world)
}

/** What a robot does: requires a token, these fields, and a robot that belongs to the token. */
export const asRobot = (
  required: ReadonlyArray<string>,
  handle: (body: Json, token: Token, call: Call, world: World) => Outcome
): Route =>
  withToken((token) =>
    withBody(["robotCode", ...required], (body, call, world) => {
      const problem = robotProblem(world.settings, token.clientId, body["robotCode"])
      return problem === undefined ? handle(body, token, call, world) : refuse(call, 400, problem, problem)
    })
  )

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
