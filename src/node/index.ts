/**
 * @since 0.1.0
 */
export * as NodeDingTalk from "./NodeDingTalk.ts"

/**
 * @since 0.1.0
 */
export * as Proxy from "./Proxy.ts"
