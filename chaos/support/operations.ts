/** Everything that an application can do beyond answering, each by its name. */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { randomUUID } from "node:crypto"
import * as DingTalkBulk from "../../src/DingTalkBulk.ts"
import * as DingTalkCards from "../../src/DingTalkCards.ts"
import * as DingTalkMedia from "../../src/DingTalkMedia.ts"
import * as DingTalkReactions from "../../src/DingTalkReactions.ts"
import * as DingTalkRobot from "../../src/DingTalkRobot.ts"
import * as DingTalkSender from "../../src/DingTalkSender.ts"
import * as RobotMessage from "../../src/outbound/message/RobotMessage.ts"

const from = { accountId: "default" }
const message = { accountId: "default", conversationId: "cidG==", messageId: "msg1==" }
const file = {
  kind: "file",
  downloadCode: "code",
  url: undefined,
  fileName: undefined,
  videoType: undefined
} as const

/** What was uploaded before would not be uploaded again. */
const fresh = (fileName: string) => DingTalkMedia.fromBytes(Buffer.from(randomUUID()), fileName)

/** The operations; `directory` is where files are saved. */
export const make = (directory: string) => ({
  send: DingTalkSender.sendMessage({ to: "user:lisi", message: RobotMessage.Text({ content: "hi" }) }),
  sendToGroup: DingTalkSender.send({ to: "chat:cidG==", text: "hi" }),
  createCard: DingTalkCards.create({ to: "user:lisi", templateId: "t", params: { a: "b" } }),
  updateCard: DingTalkCards.update({ outTrackId: "card", params: { a: "b" } }),
  writeCard: DingTalkCards.write({ outTrackId: "card", key: "k", content: "c", state: "more" }),
  streamCard: DingTalkCards.stream({ to: "user:lisi" }, Stream.make("a", "b")),
  upload: Effect.suspend(() => DingTalkMedia.upload({ source: fresh("a.pdf") })),
  sendFile: Effect.suspend(() => DingTalkMedia.send({ to: "user:lisi", source: fresh("b.pdf") })),
  download: DingTalkMedia.download(from, file),
  downloadTo: DingTalkMedia.downloadTo(directory, from, file, { maxBytes: 1 }),
  downloadStream: Stream.runCount(DingTalkMedia.downloadStream(from, file)),
  react: DingTalkReactions.add(message, "👍"),
  unreact: DingTalkReactions.remove(message, "👍"),
  recall: DingTalkRobot.recall({ messageIds: ["k1==", "k2=="] }),
  recallFromGroup: DingTalkRobot.recall({ messageIds: ["k1=="], group: "cidG==" }),
  readStatus: DingTalkRobot.readStatus({ messageId: "k1==" }),
  groupStatus: DingTalkRobot.groupMessageStatus({ group: "cidG==", messageId: "k1==" }),
  groups: Stream.runCollect(Stream.take(DingTalkRobot.groups(), 30)),
  ding: DingTalkRobot.ding({ userIds: ["lisi"], content: "now" }),
  recallDing: DingTalkRobot.recallDing({ dingId: "d1" }),
  sendToMany: DingTalkBulk.report(
    DingTalkBulk.sendToMany({ userIds: ["lisi", "wangwu"], message: RobotMessage.Text({ content: "hi" }) })
  )
} as const satisfies Readonly<
  Record<string, Effect.Effect<unknown, unknown, DingTalkSender.DingTalkSender | FileSystem.FileSystem>>
>)

export type Name = keyof ReturnType<typeof make>
