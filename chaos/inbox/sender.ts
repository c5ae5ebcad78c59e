/** A sending to many people whose progress is kept in a SQLite file, as a process that is killed. */
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import * as DingTalkSender from "../../src/DingTalkSender.ts"
import { RobotMessage } from "../../src/index.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import { DingTalkBulkRun } from "../../src/sql/index.ts"

/** What the process is to be: its first argument, as JSON. */
export interface Spec {
  readonly config: unknown
  readonly file: string
  readonly name: string
  readonly userIds: ReadonlyArray<string>
}

const { config, file, name, userIds }: Spec = JSON.parse(process.argv[2] ?? "null")

const message = RobotMessage.Text({ content: "The office is closed on Monday." })

await Effect.runPromise(
  Stream.runDrain(DingTalkBulkRun.sendToMany({ name, userIds, message })).pipe(
    Effect.provide(DingTalkSender.layer),
    Effect.provide(Layer.mergeAll(
      DingTalkConfig.layerUnknown(config),
      NodeDingTalk.layer(),
      SqliteClient.layer({ filename: file })
    ))
  )
)
