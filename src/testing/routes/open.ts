/** `POST /v1.0/gateway/connections/open`: credentials in, a single-use ticket to the socket out. */
import { isRecord, isText, parse } from "../internal/json.ts"
import { admits } from "../internal/settings.ts"
import type * as Seen from "../Seen.ts"
import type { HttpAnswer } from "../server/exchange.ts"
import { connectPath } from "../server/Upgrades.ts"
import { refuse, type Route, succeed, withBody } from "./route.ts"

const subscription = (u: unknown): ReadonlyArray<Seen.Subscription> =>
  isRecord(u) && isText(u["type"]) && isText(u["topic"]) ? [{ type: u["type"], topic: u["topic"] }] : []

const open = withBody(["clientId", "clientSecret", "subscriptions"], (body, call, { baseUrl, settings }) => {
  const { clientId, clientSecret, subscriptions } = body
  if (!Array.isArray(subscriptions)) {
    return refuse(call, 400, "Invalidsubscriptions", "Specified parameter subscriptions is not valid.")
  }
  if (!admits(settings, clientId, clientSecret)) return refuse(call, 401, "authFailed", "鉴权失败")
  return succeed({ endpoint: `${baseUrl().replace("http", "ws")}${connectPath}`, ticket: call.id }, {
    _tag: "TicketMinted",
    ticket: call.id,
    clientId,
    subscriptions: subscriptions.flatMap(subscription),
    expiresAt: call.at + settings.ticketTtlMs
  })
})

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** That it is XML is documented; the names of the elements are ours. */
const asXml = (answer: HttpAnswer): HttpAnswer => {
  const body = typeof answer.body === "string" ? parse(answer.body) : undefined
  const fields = Object.entries(isRecord(body) ? body : {})
    .map(([name, value]) => `<${name}>${escaped(String(value))}</${name}>`)
  const root = answer.status === 200 ? "result" : "error"
  return {
    status: answer.status,
    contentType: "application/xml;charset=utf-8",
    body: `<?xml version="1.0" encoding="UTF-8"?><${root}>${fields.join("")}</${root}>`
  }
}

export const openConnection: Route = (call, world) => {
  const { answer, changes } = open(call, world)
  return { answer: call.headers["accept"]?.includes("application/json") === true ? answer : asXml(answer), changes }
}
