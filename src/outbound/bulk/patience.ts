/** How long what is sent to many people is waited with, while nothing can be sent. */
import { waitsAfter } from "../../internal/runtime/waits.ts"
import { isApiError } from "../api/ApiError.ts"
import type { PartialDelivery, SendError } from "../api/SendError.ts"
import { remedyFor } from "./BulkProgress.ts"

/**
 * How often a batch is tried again after a throttle or a failure that passes, on top of the client's own tries.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxWaits = 10

/** Waits as {@link remedyFor} says of a call for so many people, {@link maxWaits} times at most. */
export const patience = (people: number) =>
  waitsAfter((error: SendError | PartialDelivery, tries) => {
    const remedy = isApiError(error) ? remedyFor(error, people) : undefined
    return remedy?._tag === "wait" && tries <= maxWaits ? remedy.ms : undefined
  })
