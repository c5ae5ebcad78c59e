/**
 * A span costs more than the delivery or the call that it is about. So where the tracer is the native one, which keeps
 * spans for nobody, there is none.
 */
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"

const native = Context.get(DefaultServices.liveServices, Tracer.Tracer)

/** Whether somebody looks at the spans of this tracer. */
export const isTraced = (tracer: Tracer.Tracer): boolean => tracer !== native

/** An effect as it is where somebody looks at spans, or else as it is without them. */
export const whenTraced = <A, E, R>(
  traced: () => Effect.Effect<A, E, R>,
  untraced: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => Effect.tracerWith((tracer) => isTraced(tracer) ? traced() : untraced)
