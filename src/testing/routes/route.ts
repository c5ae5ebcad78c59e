/**
 * What a route is: a pure function from a call and the state of the world to an answer and what changes by it. A new
 * part of DingTalk's API is a new function in the table of `routes.ts`.
 */
import { isRecord, type Json } from "../internal/json.ts"
import { robotProblem } from "../internal/settings.ts"
import type { Token } from "../server/Credentials.ts"
import { type Call, failure, type HttpAnswer, json, legacyAnswer, tokenHeader, tokenIn } from "../server/exchange.ts"
import type { Change, World } from "./World.ts"

export interface Outcome {
  readonly answer: HttpAnswer
  readonly changes: ReadonlyArray<Change>
}

export type Route = (call: Call, world: World) => Outcome

export const succeed = (value: Json, ...changes: ReadonlyArray<Change>): Outcome => ({
  answer: json(200, value),
  changes
})

/** A failure of the v1 API. */
export const refuse = (call: Call, status: number, code: string, message = code): Outcome => ({
  answer: failure(call, status, code, message),
  changes: []
})

/** An answer of the legacy API: HTTP 200, whatever happened. */
export const legacy = (
  errcode: number,
  errmsg: string,
  rest: Json = {},
  ...changes: ReadonlyArray<Change>
): Outcome => ({
  answer: legacyAnswer(errcode, errmsg, rest),
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

/** The token of a call, of either API, if it is still good. */
export const tokenOf = (call: Call, world: Pick<World, "token">): Token | undefined => {
  const token = world.token(tokenIn(call))
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
      return problem === undefined ? handle(body, token, call, world) : refuse(call, 400, problem)
    })
  )
