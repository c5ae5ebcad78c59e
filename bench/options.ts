/** The command line of the benchmark. Pure. */
import { parseArgs } from "node:util"

export interface Options {
  readonly quick: boolean
  /** Names of scenarios; empty for all. */
  readonly only: ReadonlyArray<string>
  readonly json: string | undefined
  readonly svg: string | undefined
  /** Pages that show the tables, one for each language. */
  readonly update: ReadonlyArray<string>
  readonly help: boolean
}

export const usage = `Measures effect-dingtalk beside the official SDK and a plain ws client.

  npm run bench -- [options]

  --quick       a look instead of a measurement: under a minute, and only roughly right
  --only NAME   one scenario; may be given several times. \`profile\` runs only this way: where our client's CPU goes
  --json FILE   writes all samples
  --svg FILE    writes the chart
  --update FILE puts the tables between the marks of a Markdown file: see docs/performance.md; may be given several times
  --help
`

/** Throws with a message for people if the arguments make no sense. */
export const parse = (args: ReadonlyArray<string>): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      json: { type: "string" },
      svg: { type: "string" },
      update: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", default: false }
    }
  })
  return { ...values, json: values.json, svg: values.svg }
}
