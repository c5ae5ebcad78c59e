import type { HttpAnswer } from "./http.ts"

const longestDetail = 300

/** Blacking out every `a` would hide more than the secret. */
const shortestSecret = 4

const credentials =
  /\b(access_?token|session|ticket|app_?secret|client_?secret|secret|token|sign)(["']?\s*[=:]\s*["']?)[^\s&"',;)}\]]+/gi

/** Shorter ones may stand in an answer by chance, in an id say, where nothing may be changed. */
const shortestInAnswer = 16

const blackOut = (text: string, secrets: ReadonlyArray<string>, shortest: number): string =>
  secrets
    .filter((secret) => secret.length >= shortest)
    .reduce((rest, secret) => rest.replaceAll(secret, "<redacted>"), text)

/**
 * An answer without the secrets that its request held, wherever it repeats them: nothing that is made of it, be it a
 * code, a reason or a name, can tell them.
 */
export const scrubAnswer = (answer: HttpAnswer, secrets: ReadonlyArray<string>): HttpAnswer => ({
  ...answer,
  body: blackOut(answer.body, secrets, shortestInAnswer)
})

/**
 * What a server said, fit for an error: on one line, at most 300 characters, without the given secrets, and without
 * whatever looks like a credential in a query string. Servers and proxies like to repeat what they were sent.
 */
export const scrub = (detail: string, secrets: ReadonlyArray<string>): string =>
  blackOut(detail, secrets, shortestSecret)
    .replace(credentials, "$1$2<redacted>")
    .replace(/[\s\u0000-\u001f\u007f]+/g, " ")
    .trim()
    .slice(0, longestDetail)

/** Longest code or request id, in characters. What is longer is none, and would flood every log. */
const longestId = 100

/** A code or request id as it may stand in an error. */
export const cut = (id: string | undefined, secrets: ReadonlyArray<string>): string | undefined =>
  id === undefined ? undefined : scrub(id, secrets).slice(0, longestId)
