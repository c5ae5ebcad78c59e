/** What an OpenTelemetry back end gets, by `@effect/opentelemetry` as it is. */
import * as NodeSdk from "@effect/opentelemetry/NodeSdk"
import { assert, describe, it } from "@effect/vitest"
import { SpanKind, SpanStatusCode } from "@opentelemetry/api"
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader
} from "@opentelemetry/sdk-metrics"
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { topics } from "../src/stream/Gateway.ts"
import { FakeDingTalk } from "../src/testing/index.ts"
import * as Robot from "./utils/robot.ts"
import { settle } from "./utils/settle.ts"

class NoSuchOrder extends Data.TaggedError("NoSuchOrder")<{}> {}

/** An SDK that keeps what it gets. */
const sdk = Effect.gen(function*() {
  const exporter = new InMemorySpanExporter()
  const reader = new PeriodicExportingMetricReader({
    exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
    exportIntervalMillis: 3_600_000
  })
  return {
    layer: NodeSdk.layer(() => ({
      resource: { serviceName: "robot" },
      spanProcessor: new SimpleSpanProcessor(exporter),
      metricReader: reader
    })),
    exporter,
    metrics: Effect.promise(() => reader.collect()).pipe(
      Effect.map(({ resourceMetrics }) => resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics))
    )
  }
})

/** Waits until a span of this name has ended. */
const untilEnded = (exporter: InMemorySpanExporter, name: string): Effect.Effect<ReadableSpan> =>
  Effect.suspend(() => {
    const span = exporter.getFinishedSpans().find((span) => span.name === name)
    return span === undefined ? Effect.zipRight(settle, untilEnded(exporter, name)) : Effect.succeed(span)
  })

const idOf = (span: ReadableSpan) => span.spanContext().spanId

describe("what OpenTelemetry gets", () => {
  it.scoped("a message that is answered: from the opening to the call, each of its kind", () =>
    Effect.gen(function*() {
      const { exporter, layer, metrics } = yield* sdk
      yield* Effect.gen(function*() {
        const fake = yield* FakeDingTalk.make()
        yield* Robot.start(fake.config, Robot.echo)
        yield* fake.awaitConnection
        yield* fake.say("hello", {})
        yield* fake.awaitReplies(1)

        const handling = yield* untilEnded(exporter, "dingtalk.message.handle")
        assert.strictEqual(handling.kind, SpanKind.CONSUMER)
        assert.deepInclude(handling.attributes, {
          "messaging.system": "dingtalk",
          "messaging.operation.name": "handle",
          "messaging.operation.type": "process",
          "messaging.destination.name": topics.message,
          "dingtalk.account": "default",
          "dingtalk.message.type": "text"
        })
        assert.match(String(handling.attributes["messaging.message.id"]), /./)
        assert.match(String(handling.attributes["messaging.message.conversation_id"]), /^cid/)
        assert.strictEqual(handling.status.code, SpanStatusCode.OK)

        const reply = yield* untilEnded(exporter, "dingtalk.sender.reply")
        assert.strictEqual(reply.parentSpanContext?.spanId, idOf(handling))
        const call = yield* untilEnded(exporter, "dingtalk.api.replyBySession")
        assert.strictEqual(call.parentSpanContext?.spanId, idOf(reply))
        assert.strictEqual(call.kind, SpanKind.CLIENT)
        assert.deepInclude(call.attributes, {
          "dingtalk.operation": "replyBySession",
          "http.response.status_code": 200
        })

        const opening = yield* untilEnded(exporter, "dingtalk.gateway.open")
        assert.strictEqual(opening.kind, SpanKind.CLIENT)
        assert.deepInclude(opening.attributes, { "dingtalk.account": "default", "http.response.status_code": 200 })

        const all = yield* metrics
        const units = new Map(all.map(({ descriptor }) => [descriptor.name, descriptor.unit]))
        for (const [name, unit] of units) {
          if (name.startsWith("effect_dingtalk_")) assert.strictEqual(unit, name.endsWith("_seconds") ? "s" : "1", name)
        }
        assert.includeMembers([...units.keys()], [
          "effect_dingtalk_handled_total",
          "effect_dingtalk_handler_seconds",
          "effect_dingtalk_api_calls_total"
        ])
      }).pipe(Effect.provide(layer))
    }))

  it.scoped("a handler that fails, an opening that is refused: the error's name", () =>
    Effect.gen(function*() {
      const { exporter, layer } = yield* sdk
      yield* Effect.gen(function*() {
        const fake = yield* FakeDingTalk.make()
        yield* Robot.start(fake.config, { onMessage: () => new NoSuchOrder() })
        yield* fake.awaitConnection
        yield* fake.say("hello", {})
        const failed = yield* untilEnded(exporter, "dingtalk.message.handle")
        assert.strictEqual(failed.status.code, SpanStatusCode.ERROR)
        assert.strictEqual(failed.attributes["error.type"], "NoSuchOrder")

        exporter.reset()
        yield* Robot.start({ ...fake.config, appSecret: "wrong" }, Robot.echo)
        const refused = yield* untilEnded(exporter, "dingtalk.gateway.open")
        assert.strictEqual(refused.status.code, SpanStatusCode.ERROR)
        assert.strictEqual(refused.attributes["error.type"], "PermanentAuth")
        assert.isAtLeast(Number(refused.attributes["http.response.status_code"]), 400)
      }).pipe(Effect.provide(layer))
    }))
})
