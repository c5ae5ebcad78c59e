/** The codes that the system, undici and OpenSSL give their errors: `ECONNREFUSED`, `UND_ERR_SOCKET`, … */
import * as Predicate from "effect/Predicate"

/** Chains of causes are short; one that is not may be a circle. */
const deepest = 8

/** The first code along an error's chain of causes, where it looks like one. */
export const codeOf = (error: unknown, depth: number = deepest): string | undefined => {
  if (depth === 0) return undefined
  if (Predicate.hasProperty(error, "code") && typeof error.code === "string" && /^[A-Z][A-Z0-9_]+$/.test(error.code)) {
    return error.code
  }
  const inner = Predicate.hasProperty(error, "cause") ? codeOf(error.cause, depth - 1) : undefined
  if (inner !== undefined) return inner
  return Predicate.hasProperty(error, "errors") && Array.isArray(error.errors)
    ? codeOf(error.errors[0], depth - 1)
    : undefined
}

/** What went wrong, as one word where there is one: the code, or else what the error says. */
export const nameOf = (error: unknown): string =>
  codeOf(error) ?? (error instanceof Error ? error.message : String(error))

/** The first such code in a text. */
export const codeIn = (text: string): string | undefined =>
  /\b(?:E[A-Z][A-Z0-9]{2,}(?:_[A-Z0-9_]+)?|[A-Z][A-Z0-9]*_[A-Z0-9_]+)\b/.exec(text)?.[0]
