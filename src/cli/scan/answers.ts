/**
 * What DingTalk answers to the three steps of an onboarding by scan. Pure.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { type JsonObject, number, record, string, text } from "../../internal/json.ts"
import type { HttpAnswer } from "../../internal/net/http.ts"
import { RegistrationError } from "./RegistrationError.ts"

/**
 * A QR code to be scanned.
 *
 * @since 0.1.0
 * @category models
 */
export interface Invitation {
  /** What the QR code holds: a page of DingTalk's. */
  readonly url: string
  /** By which DingTalk is asked what became of it. */
  readonly deviceCode: Redacted.Redacted<string>
  /** How long it is good for, in milliseconds. */
  readonly lifeMs: number
  /** How often DingTalk wants to be asked, in milliseconds. */
  readonly intervalMs: number
}

/**
 * The credentials of an application.
 *
 * @since 0.1.0
 * @category models
 */
export interface Credentials {
  readonly clientId: string
  readonly clientSecret: Redacted.Redacted<string>
}

/** Longest text of others that is passed on, in characters. */
const mostDetail = 200

const failed = (reason: RegistrationError["reason"], detail = ""): Either.Either<never, RegistrationError> =>
  Either.left(new RegistrationError({ reason, detail: detail.slice(0, mostDetail) }))

/** The fields of a good answer. A 5xx or a page is none: whoever asked may ask again. */
const fieldsOf = ({ body, status }: HttpAnswer): Either.Either<JsonObject, RegistrationError> => {
  const fields = status >= 500 ? undefined : record(body)
  const code = fields === undefined ? undefined : number(fields["errcode"])
  if (fields === undefined || code === undefined) return failed("unreachable", `HTTP ${status}`)
  return code === 0
    ? Either.right(fields)
    : failed("rejected", [string(fields["errmsg"]), `errcode ${code}`].filter((part) => part !== undefined).join(", "))
}

/**
 * Of `init`: what `begin` has to name.
 *
 * @since 0.1.0
 * @category decoding
 */
export const nonce = (answer: HttpAnswer): Either.Either<Redacted.Redacted<string>, RegistrationError> =>
  Either.flatMap(fieldsOf(answer), (fields) => {
    const found = string(fields["nonce"])
    return found === undefined ? failed("odd", "no nonce") : Either.right(Redacted.make(found))
  })

/** A page that people are sent to, with their phones: DingTalk's own and nobody else's. */
const isDingTalks = (address: string): boolean => {
  if (!URL.canParse(address)) return false
  const { hostname, password, protocol, username } = new URL(address)
  return protocol === "https:" && username === "" && password === "" && /(?:^|\.)dingtalk\.com$/.test(hostname)
}

const seconds = (value: unknown, least: number, usual: number, most: number): number => {
  const given = number(value)
  return 1_000 * (given === undefined || given <= 0 ? usual : Math.min(most, Math.max(least, given)))
}

/**
 * Of `begin`. Where it does not say, a code is good for two hours and is asked about every 3 s; never more often than once a
 * second, whatever it says.
 *
 * @since 0.1.0
 * @category decoding
 */
export const invitation = (answer: HttpAnswer): Either.Either<Invitation, RegistrationError> =>
  Either.flatMap(fieldsOf(answer), (fields) => {
    const deviceCode = string(fields["device_code"])
    const url = string(fields["verification_uri_complete"])
    if (deviceCode === undefined || url === undefined) return failed("odd", "no code")
    if (!isDingTalks(url)) return failed("odd", "the code leads to a page that is not DingTalk's")
    return Either.right({
      url,
      deviceCode: Redacted.make(deviceCode),
      lifeMs: seconds(fields["expires_in"], 1, 7_200, 86_400),
      intervalMs: seconds(fields["interval"], 1, 3, 60)
    })
  })

/**
 * Of `poll`: none yet, while it is waited for somebody. A status that is not known counts as waiting.
 *
 * @since 0.1.0
 * @category decoding
 */
export const progress = (answer: HttpAnswer): Either.Either<Option.Option<Credentials>, RegistrationError> =>
  Either.flatMap(fieldsOf(answer), (fields): Either.Either<Option.Option<Credentials>, RegistrationError> => {
    switch (string(fields["status"])?.toUpperCase()) {
      case "SUCCESS": {
        const clientId = text(fields["client_id"])?.trim()
        const clientSecret = text(fields["client_secret"])?.trim()
        return clientId === undefined || clientSecret === undefined
          ? failed("odd", "no credentials")
          : Either.right(Option.some({ clientId, clientSecret: Redacted.make(clientSecret) }))
      }
      case "FAIL":
        return failed("refused", string(fields["fail_reason"]))
      case "EXPIRED":
        return failed("expired")
      default:
        return Either.right(Option.none())
    }
  })
