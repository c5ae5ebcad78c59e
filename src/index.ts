/**
 * @since 0.1.0
 */
export * as AccountStatus from "./accounts/AccountStatus.ts"

/**
 * @since 0.1.0
 */
export * as ApiError from "./outbound/api/ApiError.ts"

/**
 * @since 0.1.0
 */
export * as Batch from "./outbound/message/Batch.ts"

/**
 * @since 0.1.0
 */
export * as CardAction from "./inbound/call/CardAction.ts"

/**
 * @since 0.1.0
 */
export * as DingTalkBulk from "./DingTalkBulk.ts"

/**
 * @since 0.1.0
 */
export * as DingTalkCards from "./DingTalkCards.ts"

/**
 * @since 0.1.0
 */
export * as DingTalkChannel from "./DingTalkChannel.ts"

/**
 * @since 0.1.0
 */
export * as DingTalkCommands from "./DingTalkCommands.ts"

/**
 * @since 0.1.0
 */
export * as DingTalkConfig from "./DingTalkConfig.ts"

/**
 * @since 0.1.0
 */
export * as DingTalkError from "./DingTalkError.ts"

/**
 * @since 0.1.0
 */
export * as DingTalkEvent from "./inbound/call/DingTalkEvent.ts"

/**
 * @since 0.1.0
 */
export * as DingTalkMedia from "./DingTalkMedia.ts"

/**
 * @since 0.1.0
 */
export * as DingTalkMemory from "./DingTalkMemory.ts"

/**
 * @since 0.1.0
 */
export * as DingTalkPeople from "./DingTalkPeople.ts"

/**
 * @since 0.1.0
 */
export * as DingTalkReactions from "./DingTalkReactions.ts"

/**
 * @since 0.1.0
 */
export * as DingTalkRobot from "./DingTalkRobot.ts"

/**
 * @since 0.1.0
 */
export * as DingTalkSender from "./DingTalkSender.ts"

/**
 * @since 0.1.0
 */
export * as DingTalkWebhook from "./DingTalkWebhook.ts"

/**
 * @since 0.1.0
 */
export * as GraphCall from "./inbound/call/GraphCall.ts"

/**
 * @since 0.1.0
 */
export * as Handlers from "./inbound/Handlers.ts"

/**
 * @since 0.1.0
 */
export * as Inbox from "./inbound/Inbox.ts"

/**
 * @since 0.1.0
 */
export * as KnownEvent from "./inbound/call/KnownEvent.ts"

/**
 * @since 0.1.0
 */
export * as Message from "./inbound/message/Message.ts"

/**
 * @since 0.1.0
 */
export { QueueMemory } from "./inbound/queue/QueueMemory.ts"

/**
 * @since 0.1.0
 */
export * as Quote from "./inbound/message/Quote.ts"

/**
 * @since 0.1.0
 */
export * as RobotMessage from "./outbound/message/RobotMessage.ts"

/**
 * @since 0.1.0
 */
export * as Scheduler from "./outbound/api/Scheduler.ts"

/**
 * @since 0.1.0
 */
export * as SendError from "./outbound/api/SendError.ts"

/**
 * @since 0.1.0
 */
export * as SentMessages from "./SentMessages.ts"

/**
 * @since 0.1.0
 */
export * as SessionWebhookUrl from "./SessionWebhookUrl.ts"

/**
 * @since 0.1.0
 */
export * as StreamTiming from "./stream/StreamTiming.ts"

/**
 * @since 0.1.0
 */
export * as Target from "./outbound/message/Target.ts"

/**
 * @since 0.1.0
 */
export * as Transport from "./stream/Transport.ts"

/**
 * @since 0.1.0
 */
export * as WebhookMessage from "./outbound/message/WebhookMessage.ts"

/**
 * @since 0.1.0
 */
export * as WsTransport from "./stream/WsTransport.ts"

/**
 * @since 0.1.0
 */
export * as logEvents from "./logEvents.ts"

/**
 * @since 0.1.0
 */
export * as metrics from "./metrics.ts"
