/**
 * Onboarding by scan: `POST /app/registration/init`, `begin` and `poll`. Of what they answer to a nonce or a code that they
 * do not know no source tells; the texts for it are ours.
 */
import { isRecord, isText } from "../internal/json.ts"
import type { Call } from "../server/exchange.ts"
import { hasJsonType, legacy, type Route } from "./route.ts"

const scanPage = "https://open-dev.dingtalk.com/openapp/registration/openClaw"

/** The text of a field of the body; `undefined` without one. */
const field = (call: Call, name: string): string | undefined => {
  const value = hasJsonType(call) && isRecord(call.json) ? call.json[name] : undefined
  return isText(value) ? value : undefined
}

const wrong = (name: string) => legacy(40035, `不合法的参数 ${name}`)

export const initRegistration: Route = (call, { settings }) =>
  field(call, "source") === undefined ? wrong("source") : legacy(0, "ok", { nonce: call.id }, {
    _tag: "NonceMinted",
    nonce: call.id,
    expiresAt: call.at + settings.registrationTtlSeconds * 1_000
  })

export const beginRegistration: Route = (call, { nonce, settings }) => {
  const given = field(call, "nonce")
  const expiresAt = given === undefined ? undefined : nonce(given)
  if (given === undefined || expiresAt === undefined || expiresAt <= call.at) return wrong("nonce")
  const userCode = call.id.slice(0, 8).toUpperCase()
  const page = `${scanPage}?user_code=${userCode}`
  return legacy(0, "ok", {
    device_code: call.id,
    user_code: userCode,
    verification_uri_complete: page,
    pc_verification_uri_complete: page,
    expires_in: settings.registrationTtlSeconds,
    interval: settings.registrationIntervalSeconds
  }, {
    _tag: "RegistrationChanged",
    deviceCode: call.id,
    registration: { page, status: "WAITING", expiresAt: call.at + settings.registrationTtlSeconds * 1_000 }
  })
}

export const pollRegistration: Route = (call, { registration, settings }) => {
  const deviceCode = field(call, "device_code")
  const found = deviceCode === undefined ? undefined : registration(deviceCode)
  if (found === undefined) return wrong("device_code")
  if (found.expiresAt <= call.at) return legacy(0, "ok", { status: "EXPIRED" })
  const [{ clientId, clientSecret }] = settings.apps
  switch (found.status) {
    case "WAITING":
      return legacy(0, "ok", { status: "WAITING" })
    case "FAIL":
      return legacy(0, "ok", { status: "FAIL", fail_reason: "用户拒绝" })
    case "SUCCESS":
      return legacy(0, "ok", { status: "SUCCESS", client_id: clientId, client_secret: clientSecret })
  }
}
