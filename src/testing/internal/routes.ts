/** The HTTP side of DingTalk, as a table: what the fake does not have answers 404. */
import { openConnection } from "./openRoute.ts"
import { sendToGroup, sendToUsers } from "./robotRoutes.ts"
import { refuse, type Route } from "./route.ts"
import { accessToken, getToken } from "./tokenRoutes.ts"
import { sendBySession } from "./webhookRoute.ts"

export const openPath = "/v1.0/gateway/connections/open"

/** By method and path. */
const routes: ReadonlyMap<string, Route> = new Map([
  [`POST ${openPath}`, openConnection],
  ["POST /v1.0/oauth2/accessToken", accessToken],
  ["GET /gettoken", getToken],
  ["POST /v1.0/robot/oToMessages/batchSend", sendToUsers],
  ["POST /v1.0/robot/groupMessages/send", sendToGroup],
  ["POST /robot/sendBySession", sendBySession]
])

const notFound: Route = (call) =>
  refuse(call, 404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.")

export const routeOf = (method: string, path: string): Route => routes.get(`${method} ${path}`) ?? notFound
