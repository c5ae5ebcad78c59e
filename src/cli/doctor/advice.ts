/**
 * What to do about a failure, and when a clock is wrong. Pure.
 *
 * @since 0.1.0
 */
import type { TransientReason } from "../../DingTalkError.ts"
import * as Finding from "./Finding.ts"

/**
 * What to do about a network failure, by the system's code.
 *
 * @since 0.1.0
 * @category decisions
 */
export const forCode = (code: string): string => {
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "check the name in apiBaseUrl, and this machine's DNS"
    case "ECONNREFUSED":
      return "check the port in apiBaseUrl; nothing listens there"
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return "check the firewall: port 443 of the API and of the WebSocket host must be open; a proxy goes into HTTPS_PROXY"
    case "CERT_HAS_EXPIRED":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return "something between here and DingTalk re-signs TLS: give its CA to Node by NODE_EXTRA_CA_CERTS"
    default:
      return "check the network between here and DingTalk"
  }
}

/**
 * What to do about a failure that passes by itself, if one does not want to wait.
 *
 * @since 0.1.0
 * @category decisions
 */
export const forReason = (reason: TransientReason): string => {
  switch (reason) {
    case "throttled":
      return "wait a little: another process may be calling with the same Client ID"
    case "quota":
      return "wait for the next month, or buy API calls for the organisation"
    case "ipBanned":
      return "wait five minutes, and look for what calls so often from this egress IP"
    case "serverError":
      return "wait: DingTalk has a problem"
    case "rejected":
      return "check on open-dev.dingtalk.com that the application is published and its message mode is Stream"
    case "badAnswer":
      return "check what is between here and DingTalk: a proxy or a portal answers in its place"
    case "handshakeRefused":
      return "check that the proxy, if there is one, lets WebSockets through"
    case "connectionClosed":
    case "heartbeatLost":
    case "protocol":
    case "network":
    case "timeout":
      return "check the network, the firewall and the proxy on the way to the WebSocket host"
  }
}

/** Seconds by which a clock may be off: a `Date` header knows only whole seconds, and the answer took its time. */
const toleratedSeconds = 30

/**
 * Compares this machine's clock, in milliseconds since 1970, with the `Date` header of an answer.
 *
 * @since 0.1.0
 * @category decisions
 */
export const clock = (account: string, now: number, date: string | undefined): Finding.Finding => {
  const theirs = date === undefined ? Number.NaN : Date.parse(date)
  if (Number.isNaN(theirs)) {
    return Finding.make(account, "clock", "the answer has no Date to compare with", { status: "warn" })
  }
  const seconds = Math.round((now - theirs) / 1_000)
  if (Math.abs(seconds) <= toleratedSeconds) return Finding.make(account, "clock", "agrees with DingTalk's")
  return Finding.make(
    account,
    "clock",
    `this machine is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} DingTalk`,
    { status: "warn", todo: "set the clock (NTP): session webhooks and tokens expire by it" }
  )
}
