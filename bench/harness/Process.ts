/** A child process as a scoped service: started, asked, and gone with its scope. */
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import type * as Scope from "effect/Scope"
import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { CommandTypes } from "../protocol.ts"
import type { Request, Response } from "./child.ts"

/** A child process did not do what it was asked to do. */
export class ProcessFailed extends Data.TaggedError("ProcessFailed")<{
  readonly entry: string
  readonly detail: string
}> {
  override get message(): string {
    return `the process ${this.entry} failed: ${this.detail}`
  }
}

/** A child process that is ready. */
export interface Process<C extends CommandTypes<C>, Hello = unknown> {
  /** What it began with. */
  readonly hello: Hello
  readonly call: <K extends keyof C & string>(
    command: K,
    input: C[K]["input"]
  ) => Effect.Effect<C[K]["output"], ProcessFailed>
}

export interface Options {
  /** A bundle beside this one, without `.js`. */
  readonly entry: string
  /** What the process is to be; it goes through JSON. */
  readonly spec: unknown
  /** Options of Node. */
  readonly nodeOptions?: ReadonlyArray<string> | undefined
}

/** Longest wait for an answer, in milliseconds: a client that does not connect must not hold up the rest for ever. */
const patienceMs = 120_000

/** The file of a bundle. */
export const bundle = (entry: string): string => fileURLToPath(new URL(`./${entry}.js`, import.meta.url))

/** What a child sent. Both ends are bundles of the same build: the types of one are the types of the other. */
const trusted = <A>(value: unknown): A => value as A

const fail = (entry: string, detail: string) => new ProcessFailed({ entry, detail })

interface Started {
  readonly child: ChildProcess
  readonly ready: Deferred.Deferred<unknown, ProcessFailed>
  readonly waiting: Map<number, Deferred.Deferred<unknown, ProcessFailed>>
}

const start = ({ entry, nodeOptions = [], spec }: Options): Started => {
  const ready = Deferred.unsafeMake<unknown, ProcessFailed>(FiberId.none)
  const waiting = new Map<number, Deferred.Deferred<unknown, ProcessFailed>>()
  const child = fork(bundle(entry), [JSON.stringify(spec)], {
    execArgv: ["--expose-gc", ...nodeOptions],
    stdio: ["ignore", "ignore", "inherit", "ipc"]
  })
  child.on("message", (message) => {
    const response = trusted<Response>(message)
    if (response._tag === "Ready") return Deferred.unsafeDone(ready, Exit.succeed(response.value))
    const asked = waiting.get(response.id)
    waiting.delete(response.id)
    if (asked === undefined) return
    Deferred.unsafeDone(
      asked,
      response._tag === "Done" ? Exit.succeed(response.value) : Exit.fail(fail(entry, response.message))
    )
  })
  const gone = (detail: string) => {
    const failure = Exit.fail(fail(entry, detail))
    for (const deferred of [ready, ...waiting.values()]) Deferred.unsafeDone(deferred, failure)
    waiting.clear()
  }
  child.once("error", ({ message }) => gone(message))
  child.once("exit", (code, signal) => gone(`it ended with ${signal ?? code}`))
  return { child, ready, waiting }
}

const kill = ({ child }: Started): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    child.kill("SIGKILL")
  })

/** Starts a process and waits until it is ready. It is killed when the scope closes. */
export const spawn = <C extends CommandTypes<C>, Hello = unknown>(
  options: Options
): Effect.Effect<Process<C, Hello>, ProcessFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const started = yield* Effect.acquireRelease(Effect.sync(() => start(options)), kill)
    const { child, ready, waiting } = started
    let id = 0
    const ask = (command: string, input: unknown): Effect.Effect<unknown, ProcessFailed> =>
      Effect.suspend(() => {
        const answer = Deferred.unsafeMake<unknown, ProcessFailed>(FiberId.none)
        id += 1
        const request: Request = { id, command, input }
        waiting.set(id, answer)
        child.send(request)
        return Effect.timeoutFail(Deferred.await(answer), {
          duration: patienceMs,
          onTimeout: () => fail(options.entry, `${command} was not answered within ${patienceMs / 1_000} s`)
        })
      })
    return {
      hello: yield* Effect.map(Deferred.await(ready), trusted<Hello>),
      call: (command, input) => Effect.map(ask(command, input), trusted<C[typeof command]["output"]>)
    }
  })
