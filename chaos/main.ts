/** `npm run chaos`: an hour of faults in a minute, the same with redelivery for a while, and overload. */
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { isMainThread } from "node:worker_threads"
import * as Cluster from "./cluster/scenarios.ts"
import { run } from "./faults/run.ts"
import { hour, inARow, kinds } from "./faults/script.ts"
import { header, missed, rows } from "./faults/verdict.ts"
import * as Bulk from "./inbox/bulk.ts"
import * as Inbox from "./inbox/scenarios.ts"
import * as Overload from "./overload/scenarios.ts"
import * as Process from "./process/scenarios.ts"
import type { Known } from "./support/commandLine.ts"
import { serve } from "./support/fakeThread.ts"
import { table } from "./support/measures/table.ts"
import { listOption, main, numberOption, print, textOption, words } from "./support/program.ts"

const parts = [
  "faults",
  "redelivery",
  "flood",
  "acks",
  "giants",
  "huge",
  "chatter",
  "noisy",
  "blocked",
  "signals",
  "stdout",
  "inbox",
  "bulk",
  "cluster",
  "spinning"
] as const

const known: Known = {
  options: {
    seed: "N, of what comes by chance: 1",
    scale: "N times as fast as in life are the faults: 80",
    frames: "N of flood: 1000000",
    rounds: "N of signals: 5",
    kills: "N of inbox (100) and cluster (8)",
    fault: "N milliseconds that a fault of inbox (60000) and cluster (20000) lasts; 0: none",
    older: "DIRECTORY of the sources of another version, for the deploys of cluster"
  },
  lists: { stage: Cluster.stages },
  parts
}

const seed = numberOption("seed", 1)
const scale = numberOption("scale", 80)
const chosen = words()
const wants = (part: (typeof parts)[number]) => chosen.length === 0 || chosen.includes(part)

const faults = (title: string, options: Parameters<typeof run>[0]) =>
  Effect.gen(function*() {
    print(`\n${title}`)
    const report = yield* run(options)
    const { acks, summary } = report
    print(table(header, rows(report)))
    print(
      `said ${summary.said}, reached the client ${summary.reached}, handled ${summary.handled}, handled twice ${summary.handledTwice.length}\n` +
        `acknowledged once ${acks.once}, twice ${acks.twice}; acknowledged and not handled ${acks.broken}\n` +
        `lost ${summary.losses.length}: ${
          summary.losses.filter(({ kind }) => kind === undefined).length
        } while nothing was wrong,` +
        ` the others in the windows above, in which DingTalk itself loses what it has no live connection for\n` +
        `longest time deaf ${Math.round(summary.longestGapMs)} ms${
          options.redelivery ? "" : ` (${Math.round(summary.longestGapMs * options.scale / 1_000)} s of the hour)`
        };` +
        ` ${report.connections} connections; event loop held up at most ${Math.round(report.loopStallMs)} ms;` +
        ` took ${(report.durationMs / 1_000).toFixed(1)} s`
    )
    return missed(report, { redelivery: options.redelivery, timed: true })
  })

const program = Effect.gen(function*() {
  const bars: Array<string> = []
  if (wants("faults")) {
    print(
      `seed ${seed}; everything ${scale} times as fast as in life: back-off 2, 5, 10, 30, 60 s, ping 20 s, notice 10 s`
    )
    bars.push(
      ...yield* faults("An hour of faults, messages as documented: never redelivered", {
        script: hour(seed),
        scale,
        redelivery: false
      })
    )
  }
  if (wants("redelivery")) {
    bars.push(
      ...yield* faults("Every fault once, messages as seen in the field: redelivered until acknowledged", {
        script: inARow(...kinds),
        scale: scale * 4,
        redelivery: true
      })
    )
  }
  if (wants("flood")) bars.push(...yield* Overload.flood(numberOption("frames", 1_000_000)))
  if (wants("acks")) bars.push(...yield* Overload.acks)
  if (wants("giants")) bars.push(...yield* Overload.giants)
  if (wants("huge")) bars.push(...yield* Overload.huge)
  if (wants("chatter")) bars.push(...yield* Overload.chatter)
  if (wants("noisy")) bars.push(...yield* Overload.noisy)
  if (wants("blocked")) bars.push(...yield* Overload.blocked)
  if (wants("signals")) bars.push(...yield* Process.signals(numberOption("rounds", 5), seed))
  if (wants("stdout")) bars.push(...yield* Process.stdout)
  if (wants("inbox")) {
    bars.push(
      ...yield* Inbox.inbox({ seed, kills: numberOption("kills", 100), faultMs: numberOption("fault", 60_000) })
    )
  }
  if (wants("bulk")) bars.push(...yield* Bulk.bulk({ seed, people: 10_000, kills: 8 }))
  if (wants("cluster")) {
    bars.push(
      ...yield* Cluster.cluster({
        seed,
        kills: numberOption("kills", 8),
        faultMs: numberOption("fault", 20_000),
        older: textOption("older"),
        stages: listOption("stage", Cluster.stages)
      })
    )
  }
  if (wants("spinning")) bars.push(...yield* Overload.spinning)
  return bars
}).pipe(Effect.provide(Logger.remove(Logger.defaultLogger)))

if (isMainThread) await main(program, known)
else await Effect.runPromise(serve)
