import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { spelled } from "../../src/config/internal/spelling.ts"
import type * as DingTalkConfig from "../../src/DingTalkConfig.ts"

/** Every name that is read, once; a name that is missing or too much here does not compile. */
const names: Record<keyof DingTalkConfig.AccountInput, true> = {
  clientId: true,
  client_id: true,
  appKey: true,
  app_key: true,
  clientSecret: true,
  client_secret: true,
  appSecret: true,
  app_secret: true,
  robotCode: true,
  robot_code: true,
  enabled: true,
  requireMention: true,
  require_mention: true,
  freeResponseChats: true,
  free_response_chats: true,
  mentionPatterns: true,
  mention_patterns: true,
  allowedUsers: true,
  allowed_users: true,
  allowFrom: true,
  allow_from: true,
  dispatchWorkers: true,
  dispatch_workers: true,
  dispatchQueueSize: true,
  dispatch_queue_size: true,
  dispatchQueueBytes: true,
  dispatch_queue_bytes: true,
  overflow: true,
  ordering: true,
  handlerTimeoutMs: true,
  handler_timeout_ms: true,
  staleAfterMs: true,
  stale_after_ms: true,
  burstMs: true,
  burst_ms: true,
  drainTimeoutMs: true,
  drain_timeout_ms: true,
  stallCoolDownMs: true,
  stall_cool_down_ms: true,
  renderMode: true,
  render_mode: true,
  textChunkLimit: true,
  text_chunk_limit: true,
  rateLimit: true,
  rate_limit: true,
  rateBurst: true,
  rate_burst: true,
  apiBaseUrl: true,
  api_base_url: true,
  oapiBaseUrl: true,
  oapi_base_url: true,
  events: true
}

describe("DingTalkConfig.Input", () => {
  it("has every name that is read, and no other", () => {
    assert.deepStrictEqual(Object.keys(names).toSorted(), spelled.flatMap(({ spellings }) => spellings).toSorted())
  })

  it("takes what is accepted, and not what is refused", () => {
    expectTypeOf({ clientId: "a", clientSecret: Redacted.make("b"), accounts: { ops: { enabled: "off" }, hr: null } })
      .toExtend<DingTalkConfig.Input>()
    const accepted: DingTalkConfig.Input = {
      app_key: "a",
      appSecret: "b",
      allowFrom: "staff_1, staff_2",
      allowed_users: ["staff_1", 123],
      dispatchWorkers: "4",
      handlerTimeoutMs: 5_000,
      ordering: "conversation"
    }
    assert.isDefined(accepted)
    // @ts-expect-error a misspelt key
    const misspelt: DingTalkConfig.Input = { requireMentoin: true }
    // @ts-expect-error a misspelt key of an account
    const inside: DingTalkConfig.Input = { accounts: { ops: { allowed_user: "boss" } } }
    // @ts-expect-error accounts within accounts
    const nested: DingTalkConfig.Input = { accounts: { ops: { accounts: {} } } }
    // @ts-expect-error no number
    const number: DingTalkConfig.Input = { rateLimit: "fast" }
    // @ts-expect-error no such way
    const word: DingTalkConfig.Input = { ordering: "strict" }
    assert.strictEqual([misspelt, inside, nested, number, word].length, 5)
  })
})
