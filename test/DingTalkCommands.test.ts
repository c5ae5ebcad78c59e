import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as DingTalkCommands from "../src/DingTalkCommands.ts"
import * as DingTalkSender from "../src/DingTalkSender.ts"
import * as Message from "../src/inbound/message/Message.ts"

const said = (text: string, who: { readonly staffId?: string; readonly isAdmin?: boolean } = {}): Message.Message => {
  const decoded = Message.decode({ id: "default", robotCode: "robot" }, {
    msgtype: "text",
    text: { content: text },
    conversationType: "1",
    conversationId: "cid1",
    senderId: "$:LWCP_v1:$x",
    senderStaffId: who.staffId ?? "zhangsan",
    isAdmin: who.isAdmin ?? false
  }, "m1")
  if (decoded._tag !== "Decoded") throw new Error(decoded._tag)
  return decoded.value
}

class Deployer extends Context.Tag("Deployer")<Deployer, {
  readonly deploy: (service: string, version: number | undefined) => Effect.Effect<void, "Broken">
}>() {}

const router = DingTalkCommands.make({
  commands: [
    DingTalkCommands.command("deploy", {
      aliases: ["部署"],
      description: "部署服务",
      args: Schema.Struct({
        service: Schema.NonEmptyString,
        version: Schema.optional(Schema.NumberFromString.pipe(Schema.int()))
      }),
      allowed: "admins",
      handler: (_message, { service, version }) => Effect.flatMap(Deployer, ({ deploy }) => deploy(service, version))
    }),
    DingTalkCommands.command("note", {
      args: Schema.Struct({ to: Schema.String, text: Schema.String }),
      rest: "text",
      handler: (message, { text, to }) => DingTalkSender.reply(message, `${to}<${text}>`)
    }),
    DingTalkCommands.command("wait", {
      args: Schema.Struct({ minutes: Schema.NumberFromString, text: Schema.String }),
      rest: "text",
      allowed: ["zhangsan"],
      handler: (message, { minutes, text }) => DingTalkSender.reply(message, `${minutes}<${text}>`)
    }),
    DingTalkCommands.command("ping", {
      description: "在不在",
      allowed: ["Lisi"],
      handler: (message) => DingTalkSender.reply(message, "在")
    })
  ],
  admins: ["boss"]
})

/** What the robot answers to somebody, and what was deployed. */
const answers = (message: Message.Message, from: Pick<typeof router, "handle"> = router) =>
  Effect.gen(function*() {
    const said = yield* Ref.make<ReadonlyArray<string>>([])
    const deployed = yield* Ref.make<ReadonlyArray<string>>([])
    const sender = Layer.mock(DingTalkSender.DingTalkSender, {
      reply: (_route, text) =>
        Effect.as(Ref.update(said, (all) => [...all, text]), {
          messageId: undefined,
          chatId: "zhangsan",
          chunks: [],
          refused: []
        })
    })
    const deployer = Layer.succeed(Deployer, {
      deploy: (service, version) => Ref.update(deployed, (all) => [...all, `${service}@${version}`])
    })
    yield* Effect.provide(from.handle(message), Layer.merge(sender, deployer))
    return { said: yield* Ref.get(said), deployed: yield* Ref.get(deployed) }
  })

describe("a router", () => {
  it.effect("runs the command with its arguments", () =>
    Effect.gen(function*() {
      for (
        const text of [
          "/deploy web 2",
          "／部署 web version=2",
          "@小助手 /DEPLOY --version 2 web",
          // As phones and Chinese keyboards write it.
          "／ＤＥＰＬＯＹ　web　２",
          "/部署 web —version 2",
          "/部署 ——version＝２ web",
          "/部署 －－version ２ web"
        ]
      ) {
        const { deployed, said: replies } = yield* answers(said(text, { isAdmin: true }))
        assert.deepStrictEqual([deployed, replies], [["web@2"], []], text)
      }
      assert.deepStrictEqual((yield* answers(said("/deploy web", { staffId: "BOSS" }))).deployed, ["web@undefined"])
      assert.deepStrictEqual((yield* answers(said("/note 张三 明天  见"))).said, ["张三<明天  见>"])
      assert.deepStrictEqual((yield* answers(said("/wait ５ 明天：见", {}))).said, ["5<明天：见>"])
    }))

  it.effect("says what is wrong with the arguments, and how it is used", () =>
    Effect.gen(function*() {
      for (const text of ["/deploy", "/deploy web x", "/deploy web 1.5", "/deploy web 1 2", "/deploy \"\""]) {
        const { deployed, said: replies } = yield* answers(said(text, { isAdmin: true }))
        assert.deepStrictEqual(deployed, [])
        assert.lengthOf(replies, 1)
        assert.include(replies[0], "`/deploy <service> [version]`", text)
      }
    }))

  it.effect("lets only those use a command who may", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* answers(said("/deploy web")), {
        deployed: [],
        said: ["您没有使用 /deploy 的权限。"]
      })
      assert.deepStrictEqual((yield* answers(said("/ping", { staffId: "lisi" }))).said, ["在"])
      assert.deepStrictEqual((yield* answers(said("/ping"))).said, ["您没有使用 /ping 的权限。"])
    }))

  it.effect("helps with what somebody may use", () =>
    Effect.gen(function*() {
      const [everyone = ""] = (yield* answers(said("/help"))).said
      assert.strictEqual(
        everyone,
        "我会这些：\n\n- `/note <to> <text…>`\n- `/wait <minutes> <text…>`\n- `/help` 显示这个列表"
      )
      const [admin = ""] = (yield* answers(said("/帮助", { isAdmin: true }))).said
      assert.include(admin, "- `/deploy <service> [version]` 部署服务 `/部署`")
      for (const text of ["/help deploy", "/help /deploy", "／ｈｅｌｐ　／部署"]) {
        assert.deepStrictEqual((yield* answers(said(text, { isAdmin: true }))).said, [
          "- `/deploy <service> [version]` 部署服务 `/部署`"
        ])
      }
    }))

  it.effect("a name of two commands is the first one's, and so the help says", () =>
    Effect.gen(function*() {
      const say = (name: string, aliases: ReadonlyArray<string>) =>
        DingTalkCommands.command(name, { aliases, handler: (message) => DingTalkSender.reply(message, name) })
      const clashing = DingTalkCommands.make({ commands: [say("deploy", ["d"]), say("delete", ["Ｄ", "rm"])] })
      assert.deepStrictEqual((yield* answers(said("/d"), clashing)).said, ["deploy"])
      assert.deepStrictEqual((yield* answers(said("/help"), clashing)).said, [
        "我会这些：\n\n- `/deploy` `/d`\n- `/delete` `/rm`\n- `/help` 显示这个列表"
      ])
    }))

  it.effect("names what was probably meant, to those who may use it", () =>
    Effect.gen(function*() {
      assert.include((yield* answers(said("/deplpy web", { isAdmin: true }))).said[0], "/deploy")
      assert.notInclude((yield* answers(said("/deplpy web"))).said[0], "/deploy")
      assert.deepStrictEqual((yield* answers(said("你好"))).said, [])
    }))

  it.effect("leaves the rest to the fallback", () =>
    Effect.gen(function*() {
      const chatty = DingTalkCommands.make({
        commands: [DingTalkCommands.command("help", { handler: (message) => DingTalkSender.reply(message, "我的") })],
        fallback: (message, unknown) => DingTalkSender.reply(message, `${message.text}:${unknown?.name}`)
      })
      assert.deepStrictEqual((yield* answers(said("你好"), chatty)).said, ["你好:undefined"])
      assert.deepStrictEqual((yield* answers(said("/x"), chatty)).said, ["/x:x"])
      assert.deepStrictEqual((yield* answers(said("/help"), chatty)).said, ["我的"])
    }))

  it("needs what its commands need", () => {
    type Handled = ReturnType<typeof router.handle>
    expectTypeOf<Effect.Effect.Context<Handled>>().toEqualTypeOf<Deployer | DingTalkSender.DingTalkSender>()
    expectTypeOf<Extract<Effect.Effect.Error<Handled>, string>>().toEqualTypeOf<"Broken">()
    // @ts-expect-error a number is not written in a message: NumberFromString is
    DingTalkCommands.command("bad", { args: Schema.Struct({ n: Schema.Number }), handler: () => Effect.void })
  })
})
