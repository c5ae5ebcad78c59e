/**
 * Metrics as the text that Prometheus scrapes (exposition format 0.0.4). Pure.
 *
 * @since 0.1.0
 */
import type * as MetricPair from "effect/MetricPair"
import * as MetricState from "effect/MetricState"
import * as Option from "effect/Option"

/**
 * The content type of {@link render}'s text.
 *
 * @since 0.1.0
 * @category constants
 */
export const contentType = "text/plain; version=0.0.4; charset=utf-8"

type Type = "counter" | "gauge" | "histogram"

interface Family {
  readonly type: Type
  readonly help: string
  readonly samples: ReadonlyArray<string>
}

type Labels = ReadonlyArray<readonly [name: string, value: string]>

const helpText = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")

const labelValue = (text: string): string => helpText(text).replaceAll("\"", "\\\"")

const number = (value: number | bigint): string =>
  value === Infinity ? "+Inf" : value === -Infinity ? "-Inf" : String(value)

const sample = (name: string, labels: Labels, value: number | bigint): string => {
  const inner = labels.map(([label, text]) => `${label}="${labelValue(text)}"`).join(",")
  return `${name}${inner === "" ? "" : `{${inner}}`} ${number(value)}`
}

const histogram = (name: string, labels: Labels, state: MetricState.MetricState.Histogram): ReadonlyArray<string> => [
  // The buckets of Effect are cumulative already; the last one, beyond every boundary, has no boundary of its own.
  ...state.buckets
    .filter(([boundary]) => Number.isFinite(boundary))
    .map(([boundary, count]) => sample(`${name}_bucket`, [...labels, ["le", number(boundary)]], count)),
  sample(`${name}_bucket`, [...labels, ["le", "+Inf"]], state.count),
  sample(`${name}_sum`, labels, state.sum),
  sample(`${name}_count`, labels, state.count)
]

const read = (
  { metricKey, metricState }: MetricPair.MetricPair.Untyped
): Family | undefined => {
  const labels = metricKey.tags.map(({ key, value }) => [key, value] as const)
  const help = Option.getOrElse(metricKey.description, () => "")
  const { name } = metricKey
  if (MetricState.isCounterState(metricState)) {
    return { type: "counter", help, samples: [sample(name, labels, metricState.count)] }
  }
  if (MetricState.isGaugeState(metricState)) {
    return { type: "gauge", help, samples: [sample(name, labels, metricState.value)] }
  }
  return MetricState.isHistogramState(metricState)
    ? { type: "histogram", help, samples: histogram(name, labels, metricState) }
    : undefined
}

/** Series of one family in the order of their labels, so that two scrapes read alike. */
const sortKey = ({ metricKey }: MetricPair.MetricPair.Untyped): string =>
  [metricKey.name, ...metricKey.tags.map(({ key, value }) => `${key} ${value}`)].join("\n")

/**
 * Renders the counters, gauges and histograms whose names begin with the prefix, those of one name together, sorted by
 * name and labels.
 *
 * @since 0.1.0
 * @category rendering
 */
export const render = (snapshot: ReadonlyArray<MetricPair.MetricPair.Untyped>, prefix: string): string => {
  const families = new Map<string, Family>()
  const pairs = snapshot
    .filter(({ metricKey }) => metricKey.name.startsWith(prefix))
    .map((pair) => ({ pair, key: sortKey(pair) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  for (const { pair } of pairs) {
    const { name } = pair.metricKey
    const found = read(pair)
    if (found === undefined) continue
    const known = families.get(name)
    families.set(name, known === undefined ? found : { ...known, samples: [...known.samples, ...found.samples] })
  }
  return [...families]
    .flatMap(([name, { help, samples, type }]) => [
      ...(help === "" ? [] : [`# HELP ${name} ${helpText(help)}`]),
      `# TYPE ${name} ${type}`,
      ...samples
    ])
    .map((line) => `${line}\n`)
    .join("")
}
