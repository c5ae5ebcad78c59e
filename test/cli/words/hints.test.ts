import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { catalogue } from "../../../src/cli/words/Catalogue.ts"
import { hintOf, messageOf, transientHint } from "../../../src/cli/words/hintOf.ts"
import { inChinese } from "../../../src/cli/words/library/issues.ts"
import * as DingTalkConfig from "../../../src/DingTalkConfig.ts"
import { Transient } from "../../../src/DingTalkError.ts"
import { menus } from "../../../src/internal/consoleHints.ts"
import { remedies, troubleOf } from "../../../src/internal/net/networkTrouble.ts"
import * as ProxyFailure from "../../../src/internal/net/proxyFailure.ts"
import { IpNotAllowed, PermissionDenied, Unavailable } from "../../../src/outbound/api/ApiError.ts"
import * as hints from "../../../src/outbound/api/internal/hints.ts"

const { en, zh } = catalogue

const common = { account: "default", operation: "sendToUser", status: undefined, code: undefined, requestId: undefined }

const han = /\p{Script=Han}/u

describe("hints", () => {
  it("every constant hint of the library has a translation", () => {
    for (const hint of Object.values(hints)) {
      if (typeof hint !== "string") continue
      const error = new Unavailable({ ...common, detail: "", hint })
      assert.strictEqual(hintOf(en, error), hint)
      assert.match(hintOf(zh, error), han)
      assert.notStrictEqual(hintOf(zh, error), hint)
    }
  })

  it("names the missing permission, the address and the console's menus in both languages", () => {
    const scopes = ["qyapi_robot_sendmsg"]
    const denied = new PermissionDenied({ ...common, detail: "", scopes, hint: hints.permission(scopes) })
    const banned = new IpNotAllowed({ ...common, detail: "", ip: "1.2.3.4", hint: hints.ip("1.2.3.4") })
    for (const words of [en, zh]) {
      assert.include(messageOf(words, denied), "qyapi_robot_sendmsg")
      assert.include(messageOf(words, denied), menus.permissions)
      assert.include(messageOf(words, banned), "1.2.3.4")
      assert.include(messageOf(words, banned), menus.ips)
    }
    assert.include(messageOf(zh, denied), "请在")
  })

  it("names the kinds of network trouble", () => {
    const kinds = {
      ENOTFOUND: "name",
      EAI_AGAIN: "name",
      ECONNREFUSED: "refused",
      ETIMEDOUT: "unreachable",
      CERT_HAS_EXPIRED: "clock",
      CERT_NOT_YET_VALID: "clock",
      DEPTH_ZERO_SELF_SIGNED_CERT: "issuer",
      SELF_SIGNED_CERT_IN_CHAIN: "issuer",
      UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "issuer",
      UNABLE_TO_VERIFY_LEAF_SIGNATURE: "issuer",
      ERR_TLS_CERT_ALTNAME_INVALID: "identity",
      ERR_SSL_WRONG_VERSION_NUMBER: "tls"
    } as const
    for (const [code, kind] of Object.entries(kinds)) assert.strictEqual(troubleOf(code), kind, code)
    assert.isUndefined(troubleOf("UND_ERR_SOCKET"))
  })

  it("says in the log and in words what to do about a certificate, and that it is the proxy", () => {
    const transient = (detail: string) =>
      new Transient({
        account: "default",
        reason: "network",
        status: undefined,
        code: undefined,
        requestId: undefined,
        retryAfterMs: undefined,
        detail
      })
    const detail = "the request failed (CERT_HAS_EXPIRED)"
    assert.strictEqual(ProxyFailure.remedyIn(detail), remedies.clock)
    assert.strictEqual(transientHint(en, transient(detail)), remedies.clock)
    assert.include(transientHint(zh, transient(detail)), "时钟")
    const dead = ProxyFailure.describe("proxy.example:3128", "ECONNREFUSED")
    for (const words of [en, zh]) assert.include(transientHint(words, transient(dead)), "proxy.example:3128")
    assert.strictEqual(transientHint(en, transient("closed during the handshake")), en.hints.reasons.network)
  })

  it("marks a failure on the way to the proxy, and none behind it", () => {
    const failed = (code: string) => Object.assign(new Error("x"), { code })
    assert.include(ProxyFailure.descriptionOf(ProxyFailure.marked(failed("ECONNREFUSED"), "p:1")), "p:1")
    const refused = new Error("outer", { cause: new Error("Proxy response (407) !== 200 when HTTP Tunneling") })
    assert.include(ProxyFailure.descriptionOf(ProxyFailure.marked(refused, "p:1")), "HTTP 407")
    for (const code of ["CERT_HAS_EXPIRED", "ECONNRESET"]) {
      assert.isUndefined(ProxyFailure.descriptionOf(ProxyFailure.marked(failed(code), "p:1")), code)
    }
    assert.isUndefined(ProxyFailure.descriptionOf(ProxyFailure.marked(failed("ECONNREFUSED"), undefined)))
  })
})

const good = { clientId: "ding1", clientSecret: "s" }

const wrong: ReadonlyArray<unknown> = [
  {},
  7,
  { clientId: "ding1" },
  { ...good, dispatchWorkers: 0 },
  { ...good, dispatchWorkers: 9, dispatchQueueSize: 2 },
  { ...good, overflow: "sideways" },
  { ...good, events: "maybe" },
  { ...good, handlerTimeoutMs: -1 },
  { ...good, apiBaseUrl: "nowhere" },
  { ...good, allowedUsers: 7 },
  { ...good, clientSecret: 7 },
  { ...good, clientSecret: "${SECRET}" },
  { ...good, clientSecret: "'s" },
  { ...good, clientSecret: "two words" },
  { ...good, clientSecret: "s\u200bt" },
  { ...good, clientId: "dingtalk_1" },
  { ...good, enabled: false },
  { accounts: {} },
  { accounts: 7 },
  { accounts: { a: 7 } },
  { accounts: { a: good, b: good } },
  { clientId: "ding1", workers: 3, requireMentoin: true }
]

describe("a configuration's issues in Chinese", () => {
  it.effect("are translated, each of them, with what they name", () =>
    Effect.forEach(wrong, (input) =>
      Effect.map(Effect.flip(DingTalkConfig.decodeUnknown(input)), ({ issues }) => {
        for (const { message } of issues) assert.match(inChinese(message), han, message)
      })))

  it.effect("of a text that is no JSON, too", () =>
    Effect.forEach(
      ["{", "{'a':1}", "{\"a\":1,}", "[1,]", "{\"a\" 1}", "{} x", "// x"],
      (text) =>
        Effect.map(Effect.flip(DingTalkConfig.fromJson(text)), ({ issues }) => {
          for (const { message } of issues) assert.notMatch(inChinese(message), /[a-z]{5}/, message)
        })
    ))

  it("of warnings, too", () => {
    assert.strictEqual(
      inChinese("robot.json holds a secret, and others may read it: chmod 600 it"),
      "robot.json 里有密钥，而别人也能读取：请执行 chmod 600 robot.json"
    )
    assert.strictEqual(
      inChinese("requireMentoin is no setting (is requireMention meant?), and has no effect"),
      "requireMentoin 不是设置项（是不是 requireMention？），没有作用"
    )
    assert.strictEqual(inChinese("something else"), "something else")
  })
})
