/** Everything that an application can get to see of this library, turned into text in every way there is. */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"

/** One way to make text of a value; a value that can't go that way gives none. */
const attempt = (render: () => string | undefined): string => {
  try {
    return render() ?? ""
  } catch (error) {
    return `[${String(error)}]`
  }
}

/** A value as text, in every way. */
export const shown = (value: unknown): string =>
  [
    attempt(() => JSON.stringify(value, undefined, 1)),
    attempt(() =>
      inspect(value, { depth: Infinity, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null })
    ),
    attempt(() => String(value)),
    attempt(() => `${value instanceof Error ? value.stack : ""}`)
  ].join("\n")

export interface Observer {
  /** Keeps a value as text. */
  readonly see: (what: string, value: unknown) => void
  /** What was seen and holds one of these. */
  readonly holding: (secrets: Iterable<string>) => ReadonlyArray<string>
  /** How many things were seen whose name begins so. */
  readonly count: (what: string) => number
  /** Logs of every level and spans, both kept. */
  readonly layer: Layer.Layer<never>
}

export const make = (): Observer => {
  const seen: Array<{ readonly what: string; readonly text: string }> = []
  const see = (what: string, value: unknown) => {
    seen.push({ what, text: shown(value) })
  }

  const logger = Logger.make((record) => {
    see(`log ${record.logLevel.label}`, [
      Logger.stringLogger.log(record),
      Logger.jsonLogger.log(record),
      Logger.logfmtLogger.log(record),
      Logger.structuredLogger.log(record),
      record.message,
      record.cause,
      [...record.annotations],
      [...record.spans]
    ])
  })
  let spans = 0
  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind, options) => {
      spans += 1
      const attributes = new Map<string, unknown>(Object.entries(options?.attributes ?? {}))
      const events: Array<unknown> = []
      let status: Tracer.SpanStatus = { _tag: "Started", startTime }
      return {
        _tag: "Span",
        name,
        spanId: String(spans),
        traceId: Option.match(parent, { onNone: () => `trace ${spans}`, onSome: ({ traceId }) => traceId }),
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
        event: (event, _at, more) => {
          events.push([event, more])
        },
        addLinks: () => {},
        end: (endTime, exit) => {
          status = { _tag: "Ended", startTime, endTime, exit }
          see(`span ${name}`, { name, attributes: [...attributes], events, exit })
        }
      }
    },
    context: (run) => run()
  })

  return {
    see,
    holding: (secrets) => {
      const all = [...secrets]
      return seen.flatMap(({ text, what }) =>
        all.filter((secret) => text.includes(secret)).map((secret) => {
          const at = text.indexOf(secret)
          return `${what}: …${text.slice(Math.max(0, at - 80), at + secret.length)}`
        })
      )
    },
    count: (what) => seen.filter((it) => it.what.startsWith(what)).length,
    layer: Layer.mergeAll(
      Logger.replace(Logger.defaultLogger, logger),
      Logger.minimumLogLevel(LogLevel.All),
      Layer.setTracer(tracer)
    )
  }
}
