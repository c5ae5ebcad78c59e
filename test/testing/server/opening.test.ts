import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Net from "node:net"
import { FakeDingTalk, Script } from "../../../src/testing/index.ts"
import { call, connect, credentials, dial, open, openPath, postJson, subscribed } from "../bareClient.ts"

const refusedWith = (status: number, code: string) => ({ status, code })

describe("POST /v1.0/gateway/connections/open", () => {
  it.scoped("answers a ticket and the endpoint on the same port, and records the call", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const { json, status } = yield* open(fake)
      assert.strictEqual(status, 200)
      assert.strictEqual(json["endpoint"], `ws://127.0.0.1:${fake.port}/connect`)
      assert.match(String(json["ticket"]), /^[0-9a-f-]{36}$/)
      const [opening] = yield* fake.opens
      assert.deepStrictEqual(opening?.json, { ...credentials, subscriptions: subscribed })
      assert.include(opening, { method: "POST", path: openPath, status: 200 })
      assert.strictEqual(opening?.headers["accept"], "application/json")
    }))

  it.scoped("accepts an empty list of subscriptions", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      assert.strictEqual((yield* open(fake, { ...credentials, subscriptions: [] })).status, 200)
    }))

  const refusals: ReadonlyArray<readonly [string, unknown, Record<string, string>, ReturnType<typeof refusedWith>]> = [
    ["no JSON content type", credentials, { "content-type": "text/plain" }, refusedWith(400, "Missingbody")],
    ["no body", "", {}, refusedWith(400, "Missingbody")],
    ["no JSON", "{", {}, refusedWith(400, "Invalidbody")],
    ["a list", [], {}, refusedWith(400, "Invalidbody")],
    ["no clientId", { clientSecret: "s", subscriptions: [] }, {}, refusedWith(400, "MissingclientId")],
    ["no clientSecret", { clientId: "s", subscriptions: [] }, {}, refusedWith(400, "MissingclientSecret")],
    ["no subscriptions", credentials, {}, refusedWith(400, "Missingsubscriptions")],
    ["another client", { ...credentials, clientId: "x", subscriptions: [] }, {}, refusedWith(401, "authFailed")],
    [
      "a secret in another case",
      { ...credentials, clientSecret: "FAKE-SECRET", subscriptions: [] },
      {},
      refusedWith(401, "authFailed")
    ]
  ]
  for (const [what, body, headers, expected] of refusals) {
    it.scoped(`refuses ${what} with ${expected.status} ${expected.code}`, () =>
      Effect.gen(function*() {
        const fake = yield* FakeDingTalk.make()
        const { json, status } = yield* postJson(`${fake.url}${openPath}`, body, headers)
        assert.deepStrictEqual({ status, code: json["code"] }, expected)
        assert.match(String(json["requestid"]), /^[0-9A-F-]{36}$/)
        assert.isString(json["message"])
      }))
  }

  it.scoped("answers XML to who does not ask for JSON", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const ask = (clientSecret: string) =>
        postJson(`${fake.url}${openPath}`, { ...credentials, clientSecret, subscriptions: [] }, { accept: "*/*" })
      const ticket = yield* ask("fake-secret")
      assert.include(ticket, { status: 200, contentType: "application/xml;charset=utf-8" })
      assert.match(ticket.text, /<ticket>[0-9a-f-]{36}<\/ticket>/)
      const refused = yield* ask("wrong")
      assert.include(refused, { status: 401, contentType: "application/xml;charset=utf-8" })
      assert.include(refused.text, "<code>authFailed</code>")
    }))

  it.scoped("admits anybody when told so", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ acceptAnyCredentials: true })
      const client = yield* connect(fake, { clientId: "dingany", clientSecret: "x", subscriptions: subscribed })
      yield* fake.say("hi")
      assert.strictEqual((yield* client.next).data["robotCode"], "dingany")
    }))

  it.scoped("throttles by application and API with a 403", () =>
    Effect.gen(function*() {
      const other = { clientId: "other", clientSecret: "s" }
      const fake = yield* FakeDingTalk.make({ qps: 2, apps: [credentials, other] })
      const answers = yield* Effect.replicateEffect(open(fake), 3)
      assert.deepStrictEqual(answers.map(({ status }) => status), [200, 200, 403])
      assert.strictEqual(answers[2]?.json["code"], "Forbidden.AccessDenied.QpsLimitForApi")
      assert.strictEqual((yield* open(fake, { ...other, subscriptions: [] })).status, 200)
    }))

  it.scoped("answers 404 to what DingTalk does not have", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      assert.strictEqual((yield* postJson(`${fake.url}/v1.0/robot/messageFiles/upload`, {})).status, 404)
      assert.strictEqual((yield* call(`${fake.url}${openPath}`)).status, 404)
    }))
})

describe("scripted openings", () => {
  it.scoped("come one after the other, then all is as usual", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* fake.answerOpen([
        Script.refusals.noPermission,
        { status: 503, body: "no JSON" },
        Script.html(502),
        Script.empty(200),
        Script.refusals.ipBanned,
        "hangUp",
        "handleThenHangUp",
        { status: 200, body: { endpoint: "long", ticket: "cut" }, cutAfterBytes: 5 },
        { status: 429, afterMs: 1, headers: { "retry-after": "7" } },
        { handleAfterMs: 1 }
      ])
      const answers = yield* Effect.replicateEffect(open(fake), 11)
      assert.deepStrictEqual(
        answers.map(({ status }) => status),
        [403, 503, 502, 200, 200, 0, 0, 0, 429, 200, 200]
      )
      assert.strictEqual(answers[0]?.json["code"], "Forbidden.AccessDenied.AccessTokenPermissionDenied")
      assert.strictEqual(answers[1]?.text, "no JSON")
      assert.include(answers[2], { contentType: "text/html" })
      assert.strictEqual(answers[3]?.text, "")
      assert.strictEqual(answers[4]?.json["status"], 1111)
      assert.deepStrictEqual(
        (yield* fake.opens).map(({ status }) => status),
        [403, 503, 502, 200, 200, undefined, undefined, 200, 429, 200, 200]
      )
    }))

  it.scoped("hang until their caller gives up", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* fake.answerOpen(["hang"])
      const hanging = yield* Effect.fork(open(fake))
      const [seen] = yield* fake.awaitOpens(1)
      assert.isUndefined(seen?.status)
      // Behind a later call on another connection the first one is still without an answer.
      assert.strictEqual((yield* open(fake)).status, 200)
      assert.isTrue((yield* Fiber.poll(hanging))._tag === "None")
      yield* Fiber.interrupt(hanging)
    }))

  it.scoped("stand until they are taken back", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* fake.answerEvery(openPath, { status: 500 })
      yield* fake.answerNext(openPath, { status: 502 })
      const down = yield* Effect.replicateEffect(open(fake), 3)
      assert.deepStrictEqual(down.map(({ status }) => status), [502, 500, 500])
      yield* fake.answerEvery(openPath, "handle")
      assert.strictEqual((yield* open(fake)).status, 200)
    }))
})

describe("upgrades", () => {
  const ticketOf = (fake: FakeDingTalk.Fake) => Effect.map(open(fake), ({ json }) => String(json["ticket"]))
  const reasons = (fake: FakeDingTalk.Fake) => Effect.map(fake.refusedUpgrades, (all) => all.map(({ why }) => why))

  it.scoped("a ticket is good for one connection, even when it was lost on its way", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const ticket = yield* ticketOf(fake)
      const first = yield* dial(fake, ticket)
      assert.strictEqual(yield* first.opened, 101)
      const second = yield* dial(fake, ticket)
      assert.strictEqual(yield* second.opened, 401)
      assert.deepStrictEqual(yield* reasons(fake), ["usedTicket"])
      assert.strictEqual((yield* fake.connections).length, 1)
    }))

  it.scoped("unknown and expired tickets and other paths are refused", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ ticketTtlMs: 0 })
      assert.strictEqual(yield* Effect.flatMap(dial(fake, "made-up"), (it) => it.opened), 401)
      const expired = yield* dial(fake, yield* ticketOf(fake))
      assert.strictEqual(yield* expired.opened, 401)
      const elsewhere = yield* dial(fake, yield* ticketOf(fake), "/elsewhere")
      assert.strictEqual(yield* elsewhere.opened, 404)
      assert.deepStrictEqual(yield* reasons(fake), ["unknownTicket", "expiredTicket", "path"])
    }))

  it.scoped("meet their fate: refused, hung up, closed with a code, frames right behind the handshake", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* fake.answerOpen([Script.refuseUpgrade(503), { ticketWith: { upgrade: "hangUp" } }])
      assert.strictEqual(yield* Effect.flatMap(connect(fake), (it) => it.opened), 503)
      assert.strictEqual(yield* Effect.flatMap(connect(fake), (it) => it.opened), 0)

      yield* fake.answerOpen([Script.acceptThenClose(1, 4001, "enough"), Script.acceptThenSend("one", "two")])
      const closing = yield* connect(fake)
      assert.deepStrictEqual(yield* closing.closed, { code: 4001, reason: "enough" })
      const behind = yield* connect(fake)
      assert.deepStrictEqual([(yield* behind.next).text, (yield* behind.next).text], ["one", "two"])

      yield* fake.nextUpgrades([{ upgrade: 500 }])
      assert.strictEqual(yield* Effect.flatMap(connect(fake), (it) => it.opened), 500)
      assert.strictEqual(yield* Effect.flatMap(connect(fake), (it) => it.opened), 101)
      assert.deepStrictEqual(yield* reasons(fake), ["scripted", "scripted", "scripted"])
    }))

  it.scoped("their first frames leave in one write with the handshake", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* fake.answerOpen([Script.acceptThenSend("right behind")])
      yield* fake.say("held back", { behindHandshake: true })
      const ticket = yield* ticketOf(fake)
      const firstRead = yield* Effect.async<string>((resume) => {
        const socket = Net.connect(fake.port, "127.0.0.1", () => {
          const key = Buffer.alloc(16).toString("base64")
          socket.write(
            `GET /connect?ticket=${ticket} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
              `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`
          )
        })
        socket.once("data", (data) => {
          socket.destroy()
          resume(Effect.succeed(data.toString("utf8")))
        })
      })
      assert.match(firstRead, /^HTTP\/1\.1 101 /)
      assert.include(firstRead, "held back")
      assert.include(firstRead, "right behind")
    }))

  it.scoped("hang until their caller gives up", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* fake.answerOpen([Script.hangUpgrade])
      const hung = yield* dial(fake, yield* ticketOf(fake))
      const other = yield* connect(fake)
      assert.strictEqual(yield* other.opened, 101)
      assert.strictEqual(hung.socket.readyState, hung.socket.CONNECTING)
      assert.strictEqual((yield* fake.connections).length, 1)
    }))
})
