/** The HTTP side of DingTalk, as a table: what the fake does not have answers 404. */
import { openPath } from "../server/Upgrades.ts"
import { download, downloadPath, downloadUrl, uploadMedia } from "./media.ts"
import { createAndDeliverCard, createCard, deliverCard, updateCard, writeCard } from "./messages/card.ts"
import {
  groupMessageStatus,
  installedGroups,
  readStatus,
  recallFromGroup,
  recallFromUsers
} from "./messages/conversation.ts"
import { recallDing, sendDing } from "./messages/ding.ts"
import { sendInteractiveCard, updateInteractiveCard } from "./messages/interactiveCard.ts"
import { addReaction, removeReaction } from "./messages/reaction.ts"
import { sendToGroup, sendToUsers } from "./messages/robot.ts"
import { sendBySession, sendByToken } from "./messages/webhook.ts"
import { openConnection } from "./open.ts"
import { getDepartment, getGroup, getPerson, getPersonByMobile } from "./organisation.ts"
import { beginRegistration, initRegistration, pollRegistration } from "./registration.ts"
import { refuse, type Route } from "./route.ts"
import { accessToken, getToken } from "./token.ts"

/** By method and path. */
export const routes: ReadonlyMap<string, Route> = new Map([
  [`POST ${openPath}`, openConnection],
  ["POST /v1.0/oauth2/accessToken", accessToken],
  ["GET /gettoken", getToken],
  ["POST /app/registration/init", initRegistration],
  ["POST /app/registration/begin", beginRegistration],
  ["POST /app/registration/poll", pollRegistration],
  ["POST /v1.0/robot/oToMessages/batchSend", sendToUsers],
  ["POST /v1.0/robot/groupMessages/send", sendToGroup],
  ["POST /robot/sendBySession", sendBySession],
  ["POST /robot/send", sendByToken],
  ["POST /v1.0/card/instances/createAndDeliver", createAndDeliverCard],
  ["POST /v1.0/card/instances", createCard],
  ["POST /v1.0/card/instances/deliver", deliverCard],
  ["POST /v1.0/im/v1.0/robot/interactiveCards/send", sendInteractiveCard],
  ["PUT /v1.0/im/robots/interactiveCards", updateInteractiveCard],
  ["PUT /v1.0/card/instances", updateCard],
  ["PUT /v1.0/card/streaming", writeCard],
  ["POST /media/upload", uploadMedia],
  ["POST /v1.0/robot/messageFiles/download", downloadUrl],
  // The lower-case `o` is DingTalk's.
  ["POST /v1.0/robot/otoMessages/batchRecall", recallFromUsers],
  ["POST /v1.0/robot/groupMessages/recall", recallFromGroup],
  ["POST /v1.0/robot/groupMessages/batchRecall", recallFromGroup],
  ["GET /v1.0/robot/oToMessages/readStatus", readStatus],
  ["POST /v1.0/robot/groupMessages/query", groupMessageStatus],
  ["POST /v1.0/robot/installed/groups/query", installedGroups],
  ["POST /v1.0/robot/emotion/reply", addReaction],
  ["POST /v1.0/robot/emotion/recall", removeReaction],
  ["POST /v1.0/robot/ding/send", sendDing],
  ["POST /v1.0/robot/ding/recall", recallDing],
  ["POST /topapi/v2/user/get", getPerson],
  ["POST /topapi/v2/user/getbymobile", getPersonByMobile],
  ["POST /topapi/v2/department/get", getDepartment],
  ["POST /v1.0/im/sceneGroups/query", getGroup]
])

const notFound: Route = (call) =>
  refuse(call, 404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.")

export const routeOf = (method: string, path: string): Route =>
  routes.get(`${method} ${path}`) ?? (method === "GET" && path.startsWith(downloadPath) ? download : notFound)
