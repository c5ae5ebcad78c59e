/** A tracer that does the work of one that exports: spans with ids, kept until a batch is full, then written as JSON. */
import * as Context from "effect/Context"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"

const batchSize = 512

const hexadecimal = (digits: number): string => {
  let id = ""
  while (id.length < digits) id += Math.floor(Math.random() * 0x1_0000_0000).toString(16).padStart(8, "0")
  return id
}

interface Ended {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly ok: boolean
}

const ended: Array<Ended> = []
let exportedCharacters = 0

const record = (span: Ended): void => {
  ended.push(span)
  if (ended.length < batchSize) return
  exportedCharacters += JSON.stringify({ spans: ended }).length
  ended.length = 0
}

/** How much was exported, so that no engine finds out that nobody reads it. */
export const exported = (): number => exportedCharacters

export const recordingTracer: Tracer.Tracer = Tracer.make({
  span: (name, parent, context, links, startTime, kind) => {
    const attributes = new Map<string, unknown>()
    const spanId = hexadecimal(16)
    const traceId = Option.match(parent, { onNone: () => hexadecimal(32), onSome: (span) => span.traceId })
    let status: Tracer.SpanStatus = { _tag: "Started", startTime }
    return {
      _tag: "Span",
      name,
      spanId,
      traceId,
      parent,
      context: context ?? Context.empty(),
      get status() {
        return status
      },
      attributes,
      links,
      sampled: true,
      kind,
      attribute: (key, value) => {
        attributes.set(key, value)
      },
      event: () => {},
      addLinks: () => {},
      end: (endTime, exit) => {
        status = { _tag: "Ended", startTime, endTime, exit }
        record({
          name,
          traceId,
          spanId,
          parentSpanId: Option.getOrUndefined(parent)?.spanId,
          startTimeUnixNano: String(startTime),
          endTimeUnixNano: String(endTime),
          attributes: Object.fromEntries(attributes),
          ok: exit._tag === "Success"
        })
      }
    }
  },
  context: (run) => run()
})
