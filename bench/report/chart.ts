/** Results as a picture: a panel for each question, a bar for each client; shorter is better. Pure. */
import { samplesOf, type ScenarioResult } from "./result.ts"
import { median } from "./statistics.ts"
import { number } from "./table.ts"

/** What a panel shows: one column of one scenario. */
interface Panel {
  readonly title: string
  readonly scenario: string
  readonly column: string
  readonly digits: number
  /** Lines of the table, and what to call them. Ours is the last one. */
  readonly bars: ReadonlyArray<readonly [client: string, label: string]>
}

const usual = (suffix = ""): Panel["bars"] => [
  [`official SDK${suffix}`, "official SDK"],
  [`ws floor${suffix}`, "bare ws"],
  [`effect-dingtalk${suffix}`, "effect-dingtalk"]
]

const panels: ReadonlyArray<Panel> = [
  {
    title: "CPU per message, µs",
    scenario: "throughput",
    column: "CPU µs/message",
    digits: 1,
    bars: usual()
  },
  {
    title: "ack p99 while handlers burn CPU, ms",
    scenario: "latency",
    column: "p99 ms",
    digits: 2,
    bars: usual(", one handler in 20 burns 2 ms")
  },
  {
    title: "memory grown by 100,000 frames, MiB",
    scenario: "flood",
    column: "RSS growth MiB",
    digits: 0,
    bars: usual()
  },
  {
    title: "memory of an idle account, KiB",
    scenario: "idle",
    column: "resident KiB/account",
    digits: 1,
    bars: usual()
  },
  {
    title: "start until connected, ms",
    scenario: "start-up",
    column: "ms",
    digits: 0,
    bars: [
      ["official SDK, until connected", "official SDK"],
      ["Node and ws, until connected", "bare ws"],
      ["effect-dingtalk listen, until connected", "effect-dingtalk listen"]
    ]
  },
  {
    title: "CPU per API call, µs",
    scenario: "outbound",
    column: "CPU µs/call",
    digits: 0,
    bars: [
      ["official SDK's way: axios", "axios, as the SDK"],
      ["undici", "bare undici"],
      ["DingTalkSender.send", "effect-dingtalk"]
    ]
  }
]

const width = 760
const panelsInRow = 2
const gap = 36
const panelWidth = (width - gap * (panelsInRow + 1)) / panelsInRow
const labelWidth = 128
const valueWidth = 52
const barHeight = 14
const rowHeight = 22
const titleHeight = 26
const panelHeight = titleHeight + 3 * rowHeight + 20

const style = `
    text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
    .title { font-weight: 600 }
    .other { fill: #afb8c1 }
    .ours { fill: #0969da }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .other { fill: #6e7681 }
      .ours { fill: #58a6ff }
    }`

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

interface Drawn {
  readonly label: string
  readonly value: number
}

const valuesOf = (results: ReadonlyArray<ScenarioResult>, panel: Panel): ReadonlyArray<Drawn> => {
  const result = results.find(({ name }) => name === panel.scenario)
  if (result === undefined) return []
  return panel.bars.flatMap(([client, label]) => {
    const value = median(samplesOf(result, client, panel.column))
    return Number.isFinite(value) ? [{ label, value }] : []
  })
}

const draw = (panel: Panel, values: ReadonlyArray<Drawn>, x: number, y: number): string => {
  const longest = Math.max(...values.map(({ value }) => value))
  const room = panelWidth - labelWidth - valueWidth
  const rows = values.flatMap(({ label, value }, index) => {
    const top = titleHeight + index * rowHeight
    const length = longest <= 0 ? 0 : Math.max(1, room * value / longest)
    const kind = label.startsWith("effect-dingtalk") ? "ours" : "other"
    return [
      `    <text x="0" y="${top + 11}">${escape(label)}</text>`,
      `    <rect class="${kind}" x="${labelWidth}" y="${top}" width="${
        length.toFixed(1)
      }" height="${barHeight}" rx="2"/>`,
      `    <text x="${(labelWidth + length + 6).toFixed(1)}" y="${top + 11}">${number(value, panel.digits)}</text>`
    ]
  })
  return [
    `  <g transform="translate(${x},${y})">`,
    `    <text class="title" x="0" y="12">${escape(panel.title)}</text>`,
    ...rows,
    "  </g>"
  ].join("\n")
}

/** An SVG of what the results have to show; panels without numbers are left out. */
export const chart = (results: ReadonlyArray<ScenarioResult>): string => {
  const drawn = panels.map((panel) => ({ panel, values: valuesOf(results, panel) }))
    .filter(({ values }) => values.length > 0)
  const rows = Math.ceil(drawn.length / panelsInRow)
  const height = gap + rows * panelHeight
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    "  <title>effect-dingtalk beside the official SDK and bare clients; shorter is better</title>",
    `  <style>${style}\n  </style>`,
    ...drawn.map(({ panel, values }, index) =>
      draw(
        panel,
        values,
        gap + index % panelsInRow * (panelWidth + gap),
        gap + Math.floor(index / panelsInRow) * panelHeight
      )
    ),
    "</svg>",
    ""
  ].join("\n")
}
