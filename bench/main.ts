/** `npm run bench`: runs the scenarios one after the other and prints a table for each. */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { cpus } from "node:os"
import { dirname } from "node:path"
import type { ProcessFailed } from "./harness/Process.ts"
import { parse, usage } from "./options.ts"
import { chart } from "./report/chart.ts"
import { replaceBetweenMarks } from "./report/markdown.ts"
import { print } from "./report/print.ts"
import type { ScenarioResult } from "./report/result.ts"
import { conclusion, render } from "./report/table.ts"
import { scenarios } from "./scenarios/index.ts"
import type { Scenario } from "./scenarios/Scenario.ts"

/** With `--quick`, no scenario begins later than this after the start: the whole stays under a minute. */
const lastStartMs = 42_000

const options = parse(process.argv.slice(2))
const unknown = options.only.filter((name) => !scenarios.some((scenario) => scenario.name === name))
const machine = `Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"})`

const chosen = scenarios.filter(({ name, onRequest }) =>
  options.only.length === 0 ? onRequest !== true : options.only.includes(name)
)

const write = (file: string, text: string): void => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

const measureOne = ({ run }: Scenario): Effect.Effect<ScenarioResult, ProcessFailed> =>
  Effect.gen(function*() {
    const [took, result] = yield* Effect.timed(run({ quick: options.quick }))
    print(`\n${render(result)}\n  (${Math.round(Duration.toSeconds(took))} s)`)
    return result
  })

const measure = Effect.gen(function*() {
  print(machine)
  const results: Array<ScenarioResult> = []
  const leftOut: Array<string> = []
  for (const scenario of chosen) {
    if (options.quick && performance.now() > lastStartMs) leftOut.push(scenario.name)
    else results.push(yield* measureOne(scenario))
  }
  print(`\n${conclusion(results)}`)
  if (leftOut.length > 0) print(`No time was left for: ${leftOut.join(", ")}.`)
  if (options.json !== undefined) {
    write(options.json, `${JSON.stringify({ machine, quick: options.quick, results }, null, 2)}\n`)
  }
  if (options.svg !== undefined) write(options.svg, chart(results))
  const tables = [machine, ...results.map(render), conclusion(results)].join("\n\n")
  for (const file of options.update) write(file, replaceBetweenMarks(readFileSync(file, "utf8"), tables))
})

if (options.help) print(usage)
else if (unknown.length > 0) {
  print(`There is no scenario ${unknown.join(", ")}. There are: ${scenarios.map(({ name }) => name).join(", ")}.`)
  process.exitCode = 2
} else {
  const exit = await Effect.runPromiseExit(measure)
  if (Exit.isFailure(exit)) {
    print(Cause.pretty(exit.cause))
    process.exitCode = 1
  }
}
