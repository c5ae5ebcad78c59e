/** A robot with an inbox in a SQLite file, as a process that is killed: it writes down what it begins and ends. */
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import { openSync, writeSync } from "node:fs"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import { logEvents } from "../../src/logEvents.ts"
import { ofInbox } from "../../src/metrics.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import { DingTalkInbox } from "../../src/sql/index.ts"

/** What the process is to be: its first argument, as JSON. */
export interface Spec {
  readonly config: unknown
  readonly file: string
  readonly diary: string
  /** How long a handler takes at most, in milliseconds. */
  readonly handlerMs: number
}

/**
 * What it is told: that its database has no room, or has some again; that its wall clock is set back by an hour; that some of
 * what it is to handle fails the first time.
 */
export type Told = "full" | "room" | "back" | "moody"

const hourMs = 3_600_000

const spec: Spec = JSON.parse(process.argv[2] ?? "null")

// What is written is there, however the process ends.
const diary = openSync(spec.diary, "a")
const write = (...words: ReadonlyArray<string | number>) => writeSync(diary, `${words.join(" ")}\n`)

let isMoody = false
let begun = 0
const setBack = () => {
  const { now } = Date
  Date.now = () => now() - hourMs
}

/** What is said of the inbox, and what its metric says at that moment. */
const logger = Logger.make(({ message }) => {
  const text = String(message)
  if (text !== logEvents.inboxDown && text !== logEvents.inboxUp) return
  write("log", text, Effect.runSync(Metric.value(ofInbox("default").inboxUp)).value)
})

const told = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.async<never>(() => {
    process.on("message", (told: Told) => {
      if (told === "back") return setBack()
      if (told === "moody") {
        isMoody = true
        return
      }
      const pages = told === "full" ? 1 : 1_000_000_000
      Effect.runFork(Effect.ignore(sql.unsafe(`PRAGMA max_page_count = ${pages}`)))
    })
  }))

const Bot = DingTalkChannel.layer({
  onMessage: ({ attempt, messageId }) =>
    Effect.sync(() => write("begin", messageId, attempt)).pipe(
      Effect.zipRight(Effect.sleep(Math.random() * spec.handlerMs)),
      Effect.zipRight(Effect.suspend(() =>
        isMoody && attempt === 1 && ++begun % 20 === 0 ? Effect.fail("not the first time") : Effect.void
      )),
      Effect.zipRight(Effect.sync(() =>
        write("end", messageId)
      ))
    )
}).pipe(
  Layer.provide(DingTalkInbox.layer({ maxAttempts: 1_000, patience: "1 second" })),
  Layer.provideMerge(SqliteClient.layer({ filename: spec.file })),
  Layer.provide(DingTalkConfig.layerUnknown(spec.config)),
  Layer.provide(NodeDingTalk.layer())
)

const program = Effect.zipRight(Effect.sync(() => write("start", process.pid)), told)

Effect.runFork(program.pipe(Effect.provide(Bot), Effect.provide(Logger.replace(Logger.defaultLogger, logger))))
process.on("disconnect", () => process.exit(0))
