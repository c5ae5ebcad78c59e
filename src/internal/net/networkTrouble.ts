/** What the codes of the system, undici and OpenSSL mean for people, and what to do about each kind. */

/**
 * - `name`: it can't be resolved · `refused`: nothing listens there · `unreachable`: no way, or no answer
 * - `clock`: the certificate is not valid at this machine's time · `issuer`: nobody here vouches for it
 * - `identity`: it is another host's · `tls`: what answers does not speak it
 */
export type Trouble = "name" | "refused" | "unreachable" | "clock" | "issuer" | "identity" | "tls"

const families: ReadonlyArray<readonly [RegExp, Trouble]> = [
  [/^(?:ENOTFOUND|EAI_\w+)$/, "name"],
  [/^ECONNREFUSED$/, "refused"],
  [/^(?:ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT)$/, "unreachable"],
  [/^(?:CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|CRL_HAS_EXPIRED|CRL_NOT_YET_VALID)$/, "clock"],
  [/^(?:ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/, "identity"],
  [
    /^(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE|CERT_CHAIN_TOO_LONG|CERT_REVOKED|CERT_REJECTED|INVALID_CA|INVALID_PURPOSE)/,
    "issuer"
  ],
  [/^(?:ERR_SSL_|EPROTO$)/, "tls"]
]

/** The kind of a code; `undefined` of one that says nothing. */
export const troubleOf = (code: string): Trouble | undefined => families.find(([pattern]) => pattern.test(code))?.[1]

/** What to do about each. */
export const remedies: Readonly<Record<Trouble, string>> = {
  name: "check the name in apiBaseUrl, and this machine's DNS",
  refused: "check the port in apiBaseUrl; nothing listens there",
  unreachable:
    "check the firewall: port 443 of the API and of the WebSocket host must be open; a proxy goes into HTTPS_PROXY",
  clock: "the certificate is not valid at this machine's time: set the clock (NTP); if it is right, the certificate" +
    " has expired or is not valid yet, and whoever gave it has to renew it",
  issuer: "something between here and DingTalk re-signs TLS, or this machine does not know the issuer: give the CA's" +
    " certificate to Node by NODE_EXTRA_CA_CERTS=FILE",
  identity: "the certificate is of another host: check the name in apiBaseUrl, and what answers in DingTalk's place" +
    " (a proxy or a portal)",
  tls: "what answers does not speak TLS: check scheme and port in apiBaseUrl, and the proxy"
}
