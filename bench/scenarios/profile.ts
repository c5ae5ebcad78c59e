/** Where our client's CPU goes. Not part of a full run: ask for it by name. */
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { usualLoad } from "../harness/cpu.ts"
import { type ProcessFailed } from "../harness/Process.ts"
import { connect, gateway as startGateway, ours } from "../harness/world.ts"
import type { ProcessCommands } from "../protocol.ts"
import { selfTimes } from "../report/profile.ts"
import type { ScenarioResult } from "../report/result.ts"
import * as Outbound from "./outbound.ts"
import type { Scenario } from "./Scenario.ts"

const perSecond = 20_000

const rowsShown = 45

interface Recorded {
  readonly title: string
  readonly file: string
  readonly times: ReadonlyMap<string, number>
}

type Call = (
  command: "profileStart" | "profileStop",
  input: ProcessCommands["profileStop"]["input"]
) => Effect.Effect<unknown, ProcessFailed>

/** Records a process while something runs. */
const record = (
  call: Call,
  title: string,
  run: Effect.Effect<unknown, ProcessFailed>
): Effect.Effect<Recorded, ProcessFailed> =>
  Effect.gen(function*() {
    const file = join(tmpdir(), `effect-dingtalk-${title.replaceAll(/\W+/g, "-")}.cpuprofile`)
    yield* call("profileStart", { file })
    yield* run
    yield* call("profileStop", { file })
    const shares = selfTimes(JSON.parse(readFileSync(file, "utf8")))
    return { title, file, times: new Map(shares.map(({ name, percent }) => [name, percent])) }
  })

const result = (name: string, title: string, recorded: ReadonlyArray<Recorded>): ScenarioResult => {
  const total = (row: string) => recorded.reduce((sum, { times }) => sum + (times.get(row) ?? 0), 0)
  const rows = [...new Set(recorded.flatMap(({ times }) => [...times.keys()]))].toSorted((a, b) => total(b) - total(a))
  return {
    name,
    title: `${title}: share of the busy time that functions spend in themselves`,
    columns: recorded.map((it) => ({ title: `% ${it.title}`, digits: 1 })),
    lines: rows.slice(0, rowsShown).map((row) => ({
      client: row,
      cells: recorded.map(({ times }) => [times.get(row) ?? 0])
    })),
    bars: [],
    notes: recorded.map(({ file }) => `for a flame graph, load ${file} into the browser's developer tools`)
  }
}

export const profile: Scenario = {
  name: "profile",
  onRequest: true,
  run: (plan) =>
    Effect.scoped(Effect.gen(function*() {
      const gateway = yield* startGateway
      const client = yield* connect(gateway, ours)
      const load = { ...usualLoad(plan), group: client.group }
      const atFullLoad = gateway.call("window", { ...load, count: 150_000 })
      const atPace = gateway.call("paced", { ...load, perSecond, count: perSecond * 4 })
      yield* atFullLoad
      return result("profile", "Profile of our client", [
        yield* record(client.call, "at full load", atFullLoad),
        yield* record(client.call, `at ${perSecond.toLocaleString("en-US")} a second`, atPace)
      ])
    }))
}

export const profileOutbound: Scenario = {
  name: "profile-outbound",
  onRequest: true,
  run: () =>
    Effect.scoped(Effect.gen(function*() {
      const client = yield* Outbound.start(Outbound.ours)
      const burst = client.call("burst", { count: 10_000, concurrency: Outbound.concurrency })
      yield* burst
      return result("profile-outbound", "Profile of sending", [yield* record(client.call, "while sending", burst)])
    }))
}
