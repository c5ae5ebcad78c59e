/**
 * @since 0.1.0
 */
export * as DingTalkCluster from "./DingTalkCluster.ts"
