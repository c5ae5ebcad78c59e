/** Runners of a cluster as processes of their own, what they say of themselves, and what is wrong with it. */
import * as Effect from "effect/Effect"
import { type ChildProcess, spawn } from "node:child_process"
import { basename, join } from "node:path"
import { bundle } from "../support/bundle.ts"
import type { Options } from "./runner.ts"

/** What a runner says, and when, in milliseconds since 1970. */
export interface Fact {
  readonly runner: string
  readonly at: number
  readonly event: "up" | "status" | "begin" | "end" | "dead" | "handled" | "gone"
  readonly account?: string
  readonly conversation?: string
  readonly messageId?: string
  readonly text?: string
  readonly attempt?: number
  readonly attempts?: number
  readonly handled?: number
  readonly statuses?: Readonly<Record<string, string>>
}

export interface Runner {
  readonly name: string
  readonly child: ChildProcess
  readonly facts: ReadonlyArray<Fact>
  /** How many accounts it has the connection of. */
  readonly connected: () => number
  /** Ends it so, and waits until it is gone. Gives how long that took, in milliseconds. */
  readonly end: (signal: NodeJS.Signals) => Effect.Effect<number>
}

const root = process.cwd()

/** The program of a runner for the life of the scope, of the library in this directory or in that of another version. */
export const programOf = (sources: string) =>
  bundle(join("chaos", "cluster", "runner.ts"), {
    name: `cluster-runner-${basename(sources)}`,
    plugins: [{
      name: "sources",
      setup: ({ onResolve }) =>
        onResolve(
          { filter: /^\.\.\/\.\.\/src\// },
          ({ path }) => ({ path: join(sources, path.slice("../../".length)) })
        )
    }]
  })

export const program = programOf(root)

const gone = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

/** Starts a runner, in a network namespace if one is named; at the end of the scope it is gone. */
export const start = (bundle: string, options: Options, namespace?: string) =>
  Effect.acquireRelease(
    Effect.sync((): Runner => {
      const command = [process.execPath, bundle, JSON.stringify(options)]
      // `ip` becomes the runner: the process that is killed is the right one.
      const [file, ...args] = namespace === undefined ? command : ["ip", "netns", "exec", namespace, ...command]
      const child = spawn(file ?? "", args, { stdio: ["ignore", "pipe", "inherit"] })
      const facts: Array<Fact> = []
      let rest = ""
      child.stdout.on("data", (chunk: Buffer) => {
        const lines = (rest + chunk.toString("utf8")).split("\n")
        rest = lines.pop() ?? ""
        for (const line of lines) {
          const fact: Fact = JSON.parse(line)
          facts.push(fact)
        }
      })
      const connected = () => {
        const { statuses = {} } = facts.findLast(({ event }) => event === "status") ?? {}
        return gone(child) ? 0 : Object.values(statuses).filter((status) => status === "Connected").length
      }
      const end = (signal: NodeJS.Signals) =>
        Effect.async<number>((resume) => {
          const since = performance.now()
          const done = () => resume(Effect.succeed(performance.now() - since))
          if (gone(child)) return done()
          child.once("close", done)
          child.kill(signal)
        })
      return { name: options.name, child, facts, connected, end }
    }),
    ({ end }) => end("SIGKILL")
  )

/** What is wrong with what runners did, by the order in which the database got it: nothing, if it is empty. */
export const faults = (
  kept: ReadonlyArray<{ readonly entity: string; readonly messageId: string }>,
  facts: ReadonlyArray<Fact>
): { readonly wrong: ReadonlyArray<string>; readonly twice: number } => {
  const inTime = facts.toSorted((one, other) => one.at - other.at)
  const begins = inTime.filter(({ event }) => event === "begin")
  const ended = new Set(inTime.filter(({ event }) => event === "end").map(({ messageId }) => messageId))
  const wrong: Array<string> = []
  const byEntity = new Map<string, Array<string>>()
  for (const { entity, messageId } of kept) byEntity.set(entity, [...byEntity.get(entity) ?? [], messageId])
  for (const [entity, messageIds] of byEntity) {
    for (const messageId of messageIds) {
      if (!ended.has(messageId)) wrong.push(`${entity}: ${messageId} was never handled`)
    }
    const first = new Set(
      begins.filter(({ account, conversation }) => `${account}/${conversation}` === entity).map(({ messageId }) =>
        messageId
      )
    )
    const order = [...first].filter((messageId) => messageId !== undefined)
    const due = messageIds.filter((messageId) => first.has(messageId))
    const at = order.findIndex((messageId, index) => messageId !== due[index])
    if (at >= 0) wrong.push(`${entity}: ${order[at]} was begun when ${due[at]} was next`)
  }
  const begun = new Set<string | undefined>()
  for (const { attempt = 1, messageId } of begins) {
    if (begun.has(messageId) && attempt === 1) wrong.push(`${messageId} was begun again, and nobody told the handler`)
    begun.add(messageId)
  }
  return { wrong, twice: inTime.filter(({ event }) => event === "end").length - ended.size }
}
