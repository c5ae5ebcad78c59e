import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import { FakeDingTalk, Seen } from "../../../src/testing/index.ts"
import { answerAll, type Client, connect, dial, open } from "../bareClient.ts"

const isOver = (client: Client) => client.socket.readyState >= client.socket.CLOSING

describe("notices", () => {
  it.scoped("end delivery at once and the connection later; what comes meanwhile is lost or goes elsewhere", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ closeAfterNoticeMs: 1 })
      const old = yield* connect(fake)
      const [first] = yield* fake.connections
      yield* fake.notice({ reason: "connection is expired", closeAfterMs: 600_000 })
      const notice = yield* old.next
      assert.deepInclude(notice.headers, { topic: "disconnect" })
      assert.deepStrictEqual(notice.data, { reason: "connection is expired" })
      assert.deepStrictEqual((yield* fake.connections).map(({ state }) => state), ["noticed"])
      assert.isUndefined((yield* fake.say("lost")).deliveries[0]?.connection)

      const young = yield* connect(fake)
      yield* Effect.replicateEffect(fake.say("to the new one"), 5)
      yield* Effect.replicateEffect(young.next, 5)
      assert.strictEqual(yield* fake.maxConcurrent(), 2)

      yield* fake.notice({ connection: first?.id, closeAfterMs: 1 })
      assert.deepInclude((yield* old.next).headers, { topic: "disconnect" })
      assert.strictEqual((yield* old.closed).code, 1000)
      assert.include(yield* fake.awaitClosed(first?.id), { closedBy: "fake" })
      assert.strictEqual(yield* old.waiting, 0)
      assert.isFalse(isOver(young))
    }))

  it.scoped("may end without a close frame", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const client = yield* connect(fake)
      yield* fake.notice({ closeAfterMs: 1, end: "cut" })
      assert.strictEqual((yield* client.closed).code, 1006)
    }))

  it.scoped("an answer to an earlier message still counts", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const client = yield* connect(fake)
      const { messageId } = yield* fake.say("hi")
      yield* fake.notice()
      yield* client.answer(yield* client.next, { response: null })
      assert.strictEqual((yield* fake.awaitAck(messageId)).code, 200)
    }))
})

describe("sudden ends", () => {
  it.scoped("closeAll closes with its code and reason", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const clients = [yield* connect(fake), yield* connect(fake)]
      yield* fake.closeAll(4000, "bye")
      for (const client of clients) assert.deepStrictEqual(yield* client.closed, { code: 4000, reason: "bye" })
      assert.include(yield* fake.awaitClosed(), { closeCode: 4000, closedBy: "fake", state: "closed" })
    }))

  it.scoped("cut ends one connection without a close frame, by FIN or by RST", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const clients = [yield* connect(fake), yield* connect(fake), yield* connect(fake)]
      const [first, second] = yield* fake.connections
      yield* fake.cut({ connection: first?.id })
      yield* fake.cut({ connection: second?.id, reset: true })
      assert.strictEqual((yield* clients[0]?.closed ?? Effect.die("no client")).code, 1006)
      assert.strictEqual((yield* clients[1]?.closed ?? Effect.die("no client")).code, 1006)
      yield* fake.awaitClosed(first?.id)
      yield* fake.awaitClosed(second?.id)
      assert.strictEqual((yield* fake.connections).length, 1)
      yield* fake.say("hi")
      assert.strictEqual((yield* clients[2]?.next ?? Effect.die("no client")).type, "CALLBACK")
    }))

  it.scoped("a client's own close is told apart", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const client = yield* connect(fake)
      client.socket.close(1001, "leaving")
      assert.include(yield* fake.awaitClosed(), { closedBy: "client", closeCode: 1001, closeReason: "leaving" })
      assert.isUndefined((yield* fake.say("anybody there?")).deliveries[0]?.connection)
      yield* connect(fake)
      assert.strictEqual(yield* fake.connectionsEver, 2)
      assert.strictEqual(yield* fake.maxConcurrent(), 1)
    }))
})

describe("dead sockets", () => {
  const pingsSeen = (fake: FakeDingTalk.Fake, count: number) =>
    fake.until(
      `${count} pings`,
      Effect.map(
        fake.connections,
        (all) => all.some(({ pings }) => pings >= count) ? Option.some(undefined) : Option.none()
      )
    )

  it.scoped("pings are answered, unless told otherwise", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const client = yield* connect(fake)
      let pongs = 0
      client.socket.on("pong", () => pongs++)
      client.socket.ping()
      yield* client.ponged
      yield* fake.stopAnsweringPings()
      client.socket.ping()
      yield* pingsSeen(fake, 2)
      // What the fake sends next arrives behind a pong that it would have sent.
      yield* fake.say("still alive")
      yield* client.next
      assert.strictEqual(pongs, 1)
      yield* fake.slowPong(1)
      const slow = Effect.async<void>((resume) => {
        client.socket.once("pong", () => resume(Effect.void))
      })
      client.socket.ping()
      yield* slow
      assert.strictEqual(pongs, 2)
    }))

  it.scoped("a frozen one reads nothing and answers nothing, but is still chosen; thawed, it goes on", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const client = yield* connect(fake)
      yield* fake.freeze()
      const lost = yield* fake.say("lost")
      assert.isString(lost.deliveries[0]?.connection)
      client.socket.ping()
      client.socket.close(1000)
      // A second connection that does the same is through with all of it before the first is.
      const other = yield* connect(fake)
      other.socket.close(1000)
      yield* other.closed
      assert.deepStrictEqual((yield* fake.connections).map(({ pings, state }) => ({ pings, state })), [
        { pings: 0, state: "frozen" }
      ])
      assert.strictEqual(client.socket.readyState, client.socket.CLOSING)
      yield* fake.thaw()
      assert.strictEqual((yield* client.closed).code, 1000)
      assert.strictEqual(yield* client.waiting, 0)
      assert.strictEqual((yield* fake.awaitClosed()).pings, 1)
    }))

  it.scoped("a connection may be frozen from its start", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* fake.nextUpgrades([{ frozen: true }, { pong: "never" }])
      const frozen = yield* connect(fake)
      const mute = yield* connect(fake)
      assert.strictEqual(yield* frozen.opened, 101)
      assert.deepStrictEqual((yield* fake.connections).map(({ state }) => state), ["frozen", "open"])
      mute.socket.ping()
      yield* pingsSeen(fake, 1)
      assert.strictEqual(yield* mute.waiting, 0)
    }))
})

describe("the life of a fake", () => {
  it.effect("ends at once, whatever clients do, and leaves the port free", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const fake = yield* Scope.extend(FakeDingTalk.make(), scope)
      const clients = yield* Scope.make()
      const inClients = Scope.extend(clients)
      const idle = yield* inClients(connect(fake))
      const frozen = yield* inClients(connect(fake))
      const [, second] = yield* fake.connections
      yield* fake.freeze({ connection: second?.id })
      yield* fake.answerOpen(["hang"])
      const hanging = yield* Effect.fork(open(fake))
      yield* fake.awaitOpens(3)
      // Pending timers of all kinds.
      yield* fake.event("never answered")
      yield* fake.notice()

      yield* Scope.close(scope, Exit.void)
      assert.strictEqual((yield* idle.closed).code, 1006)
      assert.strictEqual((yield* frozen.closed).code, 1006)
      assert.strictEqual((yield* hanging).status, 0)
      const late = yield* inClients(dial(fake, "any"))
      assert.strictEqual(yield* late.opened, 0)
      yield* Effect.scoped(Effect.map(
        FakeDingTalk.make({ port: fake.port }),
        (next) => assert.strictEqual(next.port, fake.port)
      ))
      yield* Scope.close(clients, Exit.void)
    }))

  it.scoped("dies when the port is taken", () =>
    Effect.gen(function*() {
      const { port } = yield* FakeDingTalk.make()
      const defect = yield* FakeDingTalk.make({ port }).pipe(
        Effect.catchAllDefect((defect) => Effect.succeed(defect)),
        Effect.scoped
      )
      assert.isTrue(defect instanceof Seen.PortUnavailable)
      assert.strictEqual(String(defect), `PortUnavailable: can't listen on 127.0.0.1:${port} (EADDRINUSE)`)
    }))

  it.effect("is a layer, too", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.FakeDingTalk
      const client = yield* connect(fake)
      answerAll(client)
      yield* fake.say("hi")
      assert.strictEqual((yield* fake.awaitAllAcked).acked, 1)
    }).pipe(
      Effect.scoped,
      Effect.provide(Layer.fresh(FakeDingTalk.layer()))
    ))

  it.scoped("waits end when they come true or are interrupted, in a finalizer as well: none lasts for its bound", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 600_000 })
      yield* connect(fake)
      yield* Effect.scoped(Effect.addFinalizer(() => Effect.orDie(fake.awaitConnection)))
      const waiting = yield* Effect.fork(fake.awaitReplies(1))
      yield* Effect.yieldNow()
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(waiting)))
    }))
})
