import type { Common } from "../ApiError.ts"

/** What an error knows of a call that was not made, because it could only fail. */
export const unsent = (account: string, operation: string, detail: string, hint: string): Common => ({
  account,
  operation,
  status: undefined,
  code: undefined,
  requestId: undefined,
  detail,
  hint
})
