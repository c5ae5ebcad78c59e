/**
 * A span for each handled message would cost more than the rest of its delivery. So where the tracer is the native one,
 * which keeps spans for nobody, there is none.
 */
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Tracer from "effect/Tracer"

const native = Context.get(DefaultServices.liveServices, Tracer.Tracer)

/** Whether somebody looks at the spans of this tracer. */
export const isTraced = (tracer: Tracer.Tracer): boolean => tracer !== native
