/**
 * Carrying out what a persistent program asks for.
 *
 * @since 0.1.0
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Struct from "effect/Struct"
import * as DingTalkCards from "../../../DingTalkCards.ts"
import * as DingTalkMedia from "../../../DingTalkMedia.ts"
import * as DingTalkReactions from "../../../DingTalkReactions.ts"
import * as DingTalkRobot from "../../../DingTalkRobot.ts"
import * as DingTalkSender from "../../../DingTalkSender.ts"
import * as RobotMessage from "../../../outbound/message/RobotMessage.ts"
import { mediaSource } from "../../mediaSource.ts"
import * as Command from "./Command.ts"

/**
 * How a message is answered.
 *
 * @since 0.1.0
 * @category models
 */
export type Route = DingTalkSender.ReplyRoute & DingTalkReactions.Reactable

/**
 * What of a message is needed to answer it, later as well.
 *
 * @since 0.1.0
 * @category constructors
 */
export const routeOf = (route: Route): Route =>
  Struct.pick(
    route,
    "accountId",
    "chatId",
    "chatType",
    "conversationId",
    "messageId",
    "senderName",
    "senderStaffId",
    "sessionWebhook",
    "sessionWebhookExpiresAt"
  )

/**
 * Where a card goes is not known: somebody outside the organisation, whom no card reaches.
 *
 * @since 0.1.0
 * @category errors
 */
export class NoWay extends Data.TaggedError("NoWay")<{ readonly hint: string }> {
  override get message(): string {
    return "a card does not reach people outside the organisation"
  }
}

const mediaMessage = (account: string | undefined, said: Command.Said, kind: "file" | "image") =>
  DingTalkMedia.toMessage({
    account,
    source: mediaSource(said[kind] ?? ""),
    as: kind === "file" ? { kind, zip: said.zip } : { kind }
  })

/** What a program needs of what was sent; what is not known is left out. */
const sent = (chunks: ReadonlyArray<{ readonly messageId: string | undefined }>) => {
  const messageIds = chunks.flatMap(({ messageId }) => messageId === undefined ? [] : [messageId])
  return { ...(messageIds.length === 0 ? {} : { messageId: messageIds[0], messageIds }), messages: chunks.length }
}

const cardSent = ({ deliveries, outTrackId }: DingTalkCards.Created) => ({
  outTrackId,
  ...sent(deliveries.filter(({ delivered }) => delivered)),
  undelivered: deliveries.flatMap(({ delivered, detail, spaceId }) => delivered ? [] : [{ to: spaceId, detail }])
})

const createCard = (
  account: string | undefined,
  to: DingTalkCards.CreateOptions["to"],
  { card }: Command.Said
) =>
  Effect.map(
    DingTalkCards.create({
      account,
      to,
      templateId: card?.template ?? "",
      params: card?.params ?? {},
      privateParams: card?.private
    }),
    cardSent
  )

const mentions = (at: Command.Of<"reply">["at"]): DingTalkSender.ReplyOptions["at"] =>
  at === undefined ? undefined : at === "all" ? { all: true } : { userIds: at }

/**
 * What carrying out a command fails with, as far as anybody needs to know.
 *
 * @since 0.1.0
 * @category models
 */
export interface Failed {
  readonly _tag: string
  readonly message: string
}

/**
 * What carrying out a command needs.
 *
 * @since 0.1.0
 * @category models
 */
export type Needs = DingTalkSender.DingTalkSender | FileSystem.FileSystem

/** Carrying out a command; it gives what the program is told of it. */
type Performed = Effect.Effect<object, Failed, Needs>

/** Where a card that answers a message goes. */
const chatOf = ({ chatType, conversationId, senderStaffId }: Route) =>
  chatType === "group"
    ? Effect.succeed(`chat:${conversationId}`)
    : senderStaffId === undefined
    ? Effect.fail(new NoWay({ hint: "reply with text, which their session webhook carries" }))
    : Effect.succeed(`user:${senderStaffId}`)

/**
 * Answers a message.
 *
 * @since 0.1.0
 * @category operations
 */
export const reply = (route: Route, command: Command.Of<"reply">): Performed => {
  const at = mentions(command.at)
  const one = (message: RobotMessage.RobotMessage) =>
    Effect.map(DingTalkSender.replyMessage(route, message, { at }), ({ messageId, notMentioned, via }) => ({
      via,
      ...sent([{ messageId }]),
      notMentioned
    }))
  const text = (words: string, renderMode?: string) =>
    Effect.map(DingTalkSender.reply(route, words, { at, renderMode }), ({ chunks, notMentioned }) => ({
      via: chunks.at(-1)?.via,
      ...sent(chunks),
      notMentioned
    }))
  switch (Command.kindOf(command)) {
    case "text":
      return text(command.text ?? "")
    case "markdown":
      return command.title === undefined
        ? text(command.markdown ?? "", "markdown")
        : one(RobotMessage.Markdown({ title: command.title, text: command.markdown ?? "" }))
    case "file":
      return Effect.flatMap(mediaMessage(route.accountId, command, "file"), one)
    case "image":
      return Effect.flatMap(mediaMessage(route.accountId, command, "image"), one)
    case "card":
      return Effect.flatMap(chatOf(route), (to) => createCard(route.accountId, to, command))
  }
}

/**
 * Sends to people and groups.
 *
 * @since 0.1.0
 * @category operations
 */
export const send = (command: Command.Of<"send">): Performed => {
  const { account, to } = command
  const targets: readonly [string, ...ReadonlyArray<string>] = typeof to === "string" ? [to] : to
  const one = (message: RobotMessage.RobotMessage) =>
    Effect.map(DingTalkSender.sendMessage({ account, to: targets, message }), ({ batches, refused }) => ({
      ...sent(batches),
      refused
    }))
  const text = (words: string, renderMode: string | undefined, message: RobotMessage.RobotMessage) =>
    targets.length > 1 || command.title !== undefined
      ? one(message)
      : Effect.map(
        DingTalkSender.send({ account, to: targets[0], text: words, renderMode }),
        ({ chunks, refused }) => ({ ...sent(chunks), refused })
      )
  switch (Command.kindOf(command)) {
    case "text": {
      const content = command.text ?? ""
      return text(content, undefined, RobotMessage.Text({ content }))
    }
    case "markdown": {
      const words = command.markdown ?? ""
      return text(
        words,
        "markdown",
        RobotMessage.Markdown({ text: words, ...(command.title === undefined ? {} : { title: command.title }) })
      )
    }
    case "file":
      return Effect.flatMap(mediaMessage(account, command, "file"), one)
    case "image":
      return Effect.flatMap(mediaMessage(account, command, "image"), one)
    case "card":
      return createCard(account, targets, command)
  }
}

/**
 * Changes what a card of a template shows.
 *
 * @since 0.1.0
 * @category operations
 */
export const setCard = ({ account, outTrackId, params, private: privateParams }: Command.Of<"card.set">): Performed =>
  Effect.as(
    DingTalkCards.update({
      account,
      outTrackId,
      ...(params === undefined ? {} : { params }),
      ...(privateParams === undefined ? {} : { privateParams })
    }),
    { outTrackId }
  )

/**
 * Puts a reaction on a message, or takes it away.
 *
 * @since 0.1.0
 * @category operations
 */
export const react = (
  route: Route,
  { text, type }: Command.Of<"reaction.add"> | Command.Of<"reaction.remove">
): Performed =>
  Effect.as(type === "reaction.add" ? DingTalkReactions.add(route, text) : DingTalkReactions.remove(route, text), {})

/**
 * Takes messages back.
 *
 * @since 0.1.0
 * @category operations
 */
export const recall = ({ account, group, messageIds }: Command.Of<"recall">): Performed =>
  DingTalkRobot.recall({ account, group, messageIds })
