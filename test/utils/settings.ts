import * as Redacted from "effect/Redacted"
import type { AccountSettings } from "../../src/DingTalkConfig.ts"

/** The settings of an account with every default, and what a test wants otherwise. */
export const settings = (overrides: Partial<AccountSettings> = {}): AccountSettings => ({
  id: "default",
  appKey: "dingkey",
  appSecret: Redacted.make("s3cr3t-value"),
  robotCode: "dingkey",
  requireMention: false,
  freeResponseChats: [],
  mentionPatterns: [],
  allowedUsers: [],
  dispatchWorkers: 8,
  dispatchQueueSize: 256,
  dispatchQueueBytes: 32 * 1024 * 1024,
  overflow: "dropNewest",
  ordering: "unordered",
  handlerTimeoutMs: undefined,
  staleAfterMs: undefined,
  burstMs: 1_000,
  drainTimeoutMs: 1_500,
  stallCoolDownMs: undefined,
  renderMode: "auto",
  textChunkLimit: 4_000,
  rateLimit: 20,
  rateBurst: 5,
  apiBaseUrl: "https://api.dingtalk.com",
  oapiBaseUrl: "https://oapi.dingtalk.com",
  events: false,
  ...overrides
})
