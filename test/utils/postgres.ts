import * as PgClient from "@effect/sql-pg/PgClient"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { execFileSync, spawn } from "node:child_process"
import { chownSync, closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync } from "node:fs"
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

/** Says something to a database, and gives the first column of what it answers. */
export const query = (url: string, sql: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.flatMap(PgClient.PgClient, (client) => client.unsafe(sql).values).pipe(
    Effect.map((rows) => rows.map(([first]) => String(first))),
    Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 1 })),
    Effect.orDie
  )

export interface Postgres {
  /** `postgresql://postgres@127.0.0.1:PORT/postgres`; every password is right. */
  readonly url: string
  readonly port: number
  /** Makes an empty database of its own and tells its URL. */
  readonly database: (name: string) => Effect.Effect<string>
  /** Stops answering, as a server that hangs or is cut off does, and goes on. */
  readonly pause: Effect.Effect<void>
  readonly resume: Effect.Effect<void>
  /** Ends at once, as by a power cut of its machine, and comes back with what was committed. */
  readonly crash: Effect.Effect<void>
  readonly start: Effect.Effect<void>
}

/** Ends the server, be it stopped, and removes its directory, when nobody holds its stdin any more. */
const guard = `cat > /dev/null
if server=$(head -n 1 data/postmaster.pid 2> /dev/null); then
  kill -CONT "$server"; pkill -CONT -P "$server"; "$1/pg_ctl" -D data -s -w -m immediate stop
fi
rm -rf "$2"`

/** A directory of PostgreSQL's user, and its programs, which run in it while this process goes on. */
const place = (bin: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const user = owner()
        const directory = mkdtempSync(join(tmpdir(), "effect-dingtalk-postgres-"))
        if (user.uid !== undefined && user.gid !== undefined) chownSync(directory, user.uid, user.gid)
        const log = openSync(join(directory, "log"), "a")
        // A process of its own, for this one may be killed: Vitest ends its own without a word to their tests.
        const guarding = spawn("sh", ["-c", guard, "sh", bin, directory], {
          cwd: directory,
          detached: true,
          stdio: ["pipe", log, log],
          ...user
        })
        return { user, directory, log, guarding }
      }),
      ({ guarding, log }) =>
        Effect.async<void>((resume) => {
          guarding.once("exit", () => {
            closeSync(log)
            resume(Effect.void)
          })
          guarding.stdin?.end()
        })
    ),
    ({ directory, log, user }) => ({
      directory,
      run: (program: string, ...args: ReadonlyArray<string>) =>
        Effect.async<void, Cause.RuntimeException>((resume) => {
          const failed = (why: string) =>
            resume(
              new Cause.RuntimeException(`${program}: ${why}\n${readFileSync(join(directory, "log"), "utf8")}`)
            )
          // A file, not pipes: the server keeps the streams it is given, and their end would never be seen.
          spawn(join(bin, program), args, { cwd: directory, stdio: ["ignore", log, log], ...user })
            .once("error", ({ message }) => failed(message))
            .once("exit", (code) => code === 0 ? resume(Effect.void) : failed(`exited with code ${code}`))
        })
    })
  )

/**
 * A PostgreSQL server of its own in a temporary directory, on a free port of the loopback, for what stops or freezes it:
 * others share one, see `database.ts`. It doesn't wait for the disk (`fsync=off`): what it has committed survives its own
 * crash, not the machine's.
 */
export const postgres = Effect.gen(function*() {
  if (binaries === undefined) return yield* Effect.dieMessage(postgresMissing ?? "")
  const { directory, run } = yield* place(binaries)
  const data = join(directory, "data")
  const control = (...args: ReadonlyArray<string>) => run("pg_ctl", "-D", data, "-s", "-w", ...args)
  const begin = (port: number) =>
    control(
      "-o",
      [
        `-p ${port}`,
        "-c listen_addresses=127.0.0.1",
        `-c unix_socket_directories=${directory}`,
        "-c fsync=off",
        "-c max_connections=200"
      ].join(" "),
      "start"
    )
  const signal = (name: NodeJS.Signals) =>
    Effect.sync(() => {
      const server = Number(readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[0])
      const children = execFileSync("pgrep", ["-P", String(server)], { encoding: "utf8" }).trim().split("\n")
      for (const pid of [...children.map(Number), server]) process.kill(pid, name)
    })
  const stop = control("-m", "immediate", "stop")
  yield* Effect.orDie(
    run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
  )
  // Somebody else may have got the port meanwhile.
  const port = yield* Effect.flatMap(freePort, (port) => Effect.as(begin(port), port)).pipe(
    Effect.retry({ times: 5 }),
    Effect.orDie
  )
  const url = (database: string) => `postgresql://postgres@127.0.0.1:${port}/${database}`
  const server: Postgres = {
    url: url("postgres"),
    port,
    database: (name) => Effect.as(query(url("postgres"), `CREATE DATABASE "${name}"`), url(name)),
    pause: signal("SIGSTOP"),
    resume: signal("SIGCONT"),
    crash: Effect.orDie(stop),
    // The port may be that of another's connection for a moment.
    start: Effect.orDie(Effect.retry(begin(port), { times: 20, schedule: Schedule.spaced("250 millis") }))
  }
  return server
})
