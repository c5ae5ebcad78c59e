/**
 * Spans for those who look at them. A span costs more than the rest of a delivery or of a call, so where the tracer is
 * the native one, which keeps spans for nobody, there is none.
 */
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"

const native = Context.get(DefaultServices.liveServices, Tracer.Tracer)

/** Whether somebody looks at the spans of this tracer. */
export const isTraced = (tracer: Tracer.Tracer): boolean => tracer !== native

/** The effect as it is, and another one where somebody looks at spans. */
export const whenTraced = <A, E, R>(
  self: Effect.Effect<A, E, R>,
  traced: () => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => Effect.tracerWith((tracer) => isTraced(tracer) ? traced() : self)

/** `Effect.withSpan`, where somebody looks. */
export const withSpan = (name: string) => <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  whenTraced(self, () => Effect.withSpan(self, name, { captureStackTrace: false }))

/** Annotates the span around, which is one of {@link withSpan}'s, and goes on. */
export const annotateSpan =
  (attributes: () => Record<string, unknown>) => <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    whenTraced(self, () => Effect.zipRight(Effect.annotateCurrentSpan(attributes()), self))
