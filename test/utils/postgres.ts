import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort } from "../../chaos/support/listen.ts"

const debian = "/usr/lib/postgresql"

/** Where Debian's package puts the newest server, or nothing. */
const binaries = (existsSync(debian) ? readdirSync(debian) : [])
  .toSorted((one, other) => Number(other) - Number(one))
  .map((version) => join(debian, version, "bin"))
  .find((directory) => existsSync(join(directory, "initdb")))

/** PostgreSQL refuses to run as root; the package brings a user that may. */
const owner = (): { readonly uid?: number; readonly gid?: number } => {
  if (process.getuid?.() !== 0) return {}
  const ask = (what: string) => Number(execFileSync("id", [what, "postgres"], { encoding: "utf8" }))
  return { uid: ask("-u"), gid: ask("-g") }
}

/** Why tests against PostgreSQL are skipped here; undefined where they run. */
export const postgresMissing: string | undefined = binaries === undefined
  ? `PostgreSQL is not installed: no ${debian}/*/bin/initdb (Debian: apt-get install postgresql-15)`
  : undefined

export interface Postgres {
  /** `postgresql://postgres@127.0.0.1:PORT/postgres`; every password is right. */
  readonly url: string
  readonly port: number
  /** Makes an empty database of its own and tells its URL. */
  readonly database: (name: string) => Effect.Effect<string>
  /** Says something to a database, by default that of {@link Postgres.url}, and gives what it answers, a line for each row. */
  readonly query: (sql: string, database?: string) => Effect.Effect<ReadonlyArray<string>>
  /** Stops answering, as a server that hangs or is cut off does, and goes on. */
  readonly pause: Effect.Effect<void>
  readonly resume: Effect.Effect<void>
  /** Ends at once, as by a power cut of its machine, and comes back with what was committed. */
  readonly crash: Effect.Effect<void>
  readonly start: Effect.Effect<void>
}

/**
 * A PostgreSQL server of its own in a temporary directory, on a free port of the loopback. It doesn't wait for the disk
 * (`fsync=off`): what it has committed survives its own crash, not the machine's.
 */
export const postgres = Effect.gen(function*() {
  if (binaries === undefined) return yield* Effect.dieMessage(postgresMissing ?? "")
  const port = yield* freePort
  const started = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const user = owner()
      const directory = mkdtempSync(join(tmpdir(), "effect-dingtalk-postgres-"))
      if (user.uid !== undefined && user.gid !== undefined) chownSync(directory, user.uid, user.gid)
      const run = { cwd: directory, stdio: "pipe", ...user } as const
      const control = (...args: ReadonlyArray<string>) =>
        execFileSync(join(binaries, "pg_ctl"), ["-D", join(directory, "data"), "-s", "-w", ...args], {
          ...run,
          // The server keeps the streams it is given: with pipes this call would never see their end.
          stdio: "ignore"
        })
      execFileSync(
        join(binaries, "initdb"),
        ["-D", join(directory, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        run
      )
      const options = [
        `-p ${port}`,
        "-c listen_addresses=127.0.0.1",
        `-c unix_socket_directories=${directory}`,
        "-c fsync=off",
        "-c max_connections=200"
      ]
      return {
        directory,
        run,
        start: () => control("-o", options.join(" "), "-l", join(directory, "log"), "start"),
        stop: (mode: "fast" | "immediate") => control("-m", mode, "stop"),
        signal: (name: NodeJS.Signals) => {
          const server = Number(readFileSync(join(directory, "data", "postmaster.pid"), "utf8").split("\n")[0])
          const children = execFileSync("pgrep", ["-P", String(server)], { encoding: "utf8" }).trim().split("\n")
          for (const pid of [...children.map(Number), server]) process.kill(pid, name)
        }
      }
    }),
    ({ directory, signal, stop }) =>
      Effect.sync(() => {
        try {
          signal("SIGCONT")
          stop("immediate")
        } catch {
          // It is down already: a test has crashed it.
        }
        rmSync(directory, { recursive: true, force: true })
      })
  )
  yield* Effect.sync(started.start)
  const url = (database: string) => `postgresql://postgres@127.0.0.1:${port}/${database}`
  const server: Postgres = {
    url: url("postgres"),
    port,
    database: (name) =>
      Effect.sync(() => {
        execFileSync(
          join(binaries, "createdb"),
          ["-h", "127.0.0.1", "-p", String(port), "-U", "postgres", name],
          started.run
        )
        return url(name)
      }),
    query: (sql, database = "postgres") =>
      Effect.sync(() =>
        execFileSync(join(binaries, "psql"), ["-Atq", "-c", sql, url(database)], { ...started.run, encoding: "utf8" })
          .split("\n").slice(0, -1)
      ),
    pause: Effect.sync(() => started.signal("SIGSTOP")),
    resume: Effect.sync(() => started.signal("SIGCONT")),
    crash: Effect.sync(() => started.stop("immediate")),
    start: Effect.sync(started.start)
  }
  return server
})
