/**
 * `effect-dingtalk/console`: a page that shows what the robots of a process do. It needs `@effect/platform-node`.
 *
 * @since 0.1.0
 */
export * as DingTalkConsole from "./DingTalkConsole.ts"
