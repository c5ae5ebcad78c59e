/** Why a file can't be used, as platform tells it. */
import type * as PlatformError from "@effect/platform/Error"

/** The reason of the system; `Unknown` where it was not asked. */
export const reasonOf = (error: PlatformError.PlatformError): PlatformError.SystemErrorReason =>
  error._tag === "SystemError" ? error.reason : "Unknown"
