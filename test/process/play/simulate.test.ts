/** What is typed into `simulate`, what robots of any making do, and what is shown of it. */
import { assert, describe, it } from "@effect/vitest"
import axios from "axios"
import { DWClient, TOPIC_CARD, TOPIC_ROBOT } from "dingtalk-stream"
import * as Effect from "effect/Effect"
import { readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { vi } from "vitest"
import * as Api from "../../testing/routes/bareApi.ts"
import { room } from "../utils/marks.ts"
import * as Program from "../utils/Program.ts"

/** A simulation, its settings in a file, and a way to type into it. */
const simulated = (options: Program.Options = {}) =>
  Effect.gen(function*() {
    const directory = yield* room
    const config = join(directory, "robot.json")
    const program = yield* Program.start(["simulate", "--write", config], options)
    const [url = ""] = yield* program.untilStdout(/http:\/\/127\.0\.0\.1:\d+/)
    yield* program.untilStdout(/\/help/)
    return {
      config,
      directory,
      program,
      url,
      type: (text: string) => Effect.sync(() => program.child.stdin.write(`${text}\n`)),
      until: program.untilStdout
    }
  })

const echo = (config: string, ...options: ReadonlyArray<string>) =>
  Program.start(["exec", "--config", config, ...options, "--", "cat"])

/** A robot on the official SDK, whose hosts are constants: its HTTP client sends them elsewhere. */
const official = (url: string, listen: (client: DWClient) => void) =>
  Effect.gen(function*() {
    yield* Effect.acquireRelease(
      Effect.sync(() =>
        axios.interceptors.request.use((config) => ({
          ...config,
          url: config.url?.replace(/^https:\/\/o?api\.dingtalk\.com/, url) ?? ""
        }))
      ),
      (interceptor) => Effect.sync(() => axios.interceptors.request.eject(interceptor))
    )
    yield* Effect.acquireRelease(
      Effect.sync(() => (["info", "warn", "error"] as const).map((name) => vi.spyOn(console, name).mockReturnValue())),
      (spies) => Effect.sync(() => spies.forEach((spy) => spy.mockRestore()))
    )
    const client = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const client = new DWClient({ clientId: "any-id", clientSecret: "any-secret" })
        client.config.autoReconnect = false
        client.config.subscriptions = []
        listen(client)
        return client
      }),
      (client) => Effect.sync(() => client.disconnect())
    )
    yield* Effect.promise(() => client.connect())
  })

describe("simulate", () => {
  it.scopedLive(
    "writes a configuration that a robot reads, for its owner alone, and overwrites no other",
    () =>
      Effect.gen(function*() {
        const { config, directory, type, until } = yield* simulated()
        assert.strictEqual(statSync(config).mode & 0o777, 0o600)
        yield* echo(config)
        yield* until(/a robot is connected/)
        yield* type("你好")
        yield* until(/robot → zhangsan \(webhook\): 你好/)
        const other = join(directory, "other.json")
        writeFileSync(other, "{\"clientId\":\"dingmine\"}")
        const refused = yield* Program.run(["simulate", "--write", other])
        assert.strictEqual(refused.code, 2)
        assert.include(refused.stderr, "did not write it")
        assert.strictEqual(readFileSync(other, "utf8"), "{\"clientId\":\"dingmine\"}")
        const nowhere = yield* Program.run(["simulate", "--write", join(directory, "no", "x.json")])
        assert.strictEqual(nowhere.code, 2)
        assert.include(nowhere.stderr, "--write")
        // The next simulation has another port, and may write its own again.
        const again = yield* Program.start(["simulate", "--write", config], { stdin: "/quit\n" })
        assert.strictEqual((yield* again.ended).code, 0)
      }),
    60_000
  )

  it.scopedLive("somebody else speaks, in a group, sends a file, and hears of mistakes", () =>
    Effect.gen(function*() {
      const { config, directory, type, until } = yield* simulated()
      yield* echo(config)
      yield* until(/a robot is connected/)
      yield* type("/as 李四")
      yield* type("/group 运维")
      yield* type("@在吗")
      yield* until(/robot → 运维 \(webhook\): 在吗/)
      writeFileSync(join(directory, "周报.txt"), "本周")
      yield* type(`/file ${join(directory, "周报.txt")}`)
      yield* until(/\(in groups DingTalk hands on pictures/)
      yield* type("/direct")
      yield* type(`/file ${join(directory, "周报.txt")}`)
      yield* until(/周报\.txt is sent, 6 bytes/)
      yield* until(/robot → lisi \(webhook\): .*周报\.txt/)
      yield* type("/redeliver")
      yield* until(/\(it is delivered again\)/)
      yield* type("/event user_add_org")
      yield* until(/no robot asks for events/)
      yield* type("/clik ok")
      yield* until(/did you mean \/click\?/)
      yield* type("/click ok")
      yield* until(/no card is to be seen here/)
      yield* type("//help")
      yield* until(/robot → lisi \(webhook\): \/help/)
      yield* type("/flood 30")
      yield* until(/30 messages are out/)
      const [summary] = yield* until(/the flood is over: 30 messages so far, \d+ answers/)
      assert.include(summary, "30 answers")
    }), 60_000)

  it.scopedLive("faults are seen, and healed", () =>
    Effect.gen(function*() {
      const { config, type, until } = yield* simulated()
      const robot = yield* echo(config)
      yield* until(/a robot is connected/)
      yield* type("/502")
      yield* until(/HTTP 502 from now on/)
      yield* type("/close")
      yield* robot.untilStderr(/backing_off.*reason=badAnswer/)
      yield* type("/heal")
      yield* until(/a robot is connected\)[^]*a robot is connected\)/)
      yield* type("/throttle")
      yield* type("zu viel")
      yield* robot.untilStderr(/Throttled|130101/)
      yield* type("/heal")
      yield* type("/secret wrong")
      assert.strictEqual((yield* robot.ended).code, 3)
    }), 60_000)

  it.scopedLive("a card that types is shown as it grows, to its end", () =>
    Effect.gen(function*() {
      const { config, directory, type, until } = yield* simulated()
      const after = (name: string, text: string) =>
        `while [ ! -e '${join(directory, name)}' ]; do sleep 0.05; done; printf ${text}`
      const command = ["printf 一", after("second", "二"), after("third", "三")].join("; ")
      yield* Program.start(["exec", "--config", config, "--stream", "--", "sh", "-c", command])
      yield* until(/a robot is connected/)
      yield* type("数")
      yield* until(/robot → zhangsan \(card, typing\): 一$/m)
      writeFileSync(join(directory, "second"), "")
      yield* until(/robot → zhangsan \(card, typing\): 一二$/m)
      writeFileSync(join(directory, "third"), "")
      yield* until(/robot → zhangsan \(card, finished ✓\): 一二三$/m)
    }), 60_000)

  it.scopedLive(
    "cards in two steps, older interactive cards, presses, recalls and reactions",
    () =>
      Effect.gen(function*() {
        const { config, type, until, url } = yield* simulated()
        yield* echo(config)
        yield* until(/a robot is connected/)
        const api = yield* Api.make({ url })
        const { imRobotOpenDeliverModel, openSpaceId, ...card } = Api.cardBody()
        yield* api.post("/v1.0/card/instances", card)
        const delivered = yield* api.post("/v1.0/card/instances/deliver", {
          outTrackId: "card-1",
          userIdType: 1,
          openSpaceId,
          imRobotOpenDeliverModel
        })
        yield* until(/robot → zhangsan \(card, typing\): hello/)
        yield* api.put(Api.writePath, Api.writeBody({ content: "kaputt", isError: true }))
        yield* until(/robot → zhangsan \(card, failed ✗\): kaputt/)
        assert.include(JSON.stringify(delivered.json), "carrierId")
        const data = (text: string) => JSON.stringify({ contents: [{ type: "markdown", text }] })
        const sent = yield* api.post("/v1.0/im/v1.0/robot/interactiveCards/send", {
          cardTemplateId: "StandardCard",
          robotCode: Api.robotCode,
          cardBizId: "biz-1",
          cardData: data("进行中"),
          singleChatReceiver: JSON.stringify({ userId: "zhangsan" })
        })
        yield* until(/robot → zhangsan \(card\): 进行中/)
        yield* api.put("/v1.0/im/robots/interactiveCards", { cardBizId: "biz-1", cardData: data("**完成**") })
        yield* until(/robot → zhangsan \(card, changed\): 完成/)
        yield* type("/click ok")
        yield* until(/nothing happened/)
        yield* api.post("/v1.0/robot/otoMessages/batchRecall", {
          robotCode: Api.robotCode,
          processQueryKeys: [sent.json["processQueryKey"]]
        })
        yield* until(/robot takes back: 完成/)
      }),
    60_000
  )

  it.scopedLive("robots on the official SDK run against it as they are", () =>
    Effect.gen(function*() {
      const { type, until, url } = yield* simulated({ env: { LANG: "zh_CN.UTF-8" } })
      yield* official(url, (client) => {
        client.registerCallbackListener(TOPIC_ROBOT, (frame) => {
          const message = JSON.parse(frame.data)
          void axios.post(message.sessionWebhook, {
            msgtype: "text",
            text: { content: `收到 ${message.text.content}` }
          })
          client.socketCallBackResponse(frame.headers.messageId, { success: true })
        })
        client.registerCallbackListener(TOPIC_CARD, (frame) => {
          client.socketCallBackResponse(frame.headers.messageId, {
            cardData: { cardParamMap: { msgContent: "已同意" } }
          })
        })
      })
      yield* until(/\(机器人已连接\)/)
      yield* type("你好")
      yield* until(/robot → zhangsan \(webhook\): 收到 你好/)
      const api = yield* Api.make({ url }, { appKey: "any-id", appSecret: "any-secret" })
      yield* api.post(
        Api.createPath,
        Api.cardBody({
          cardData: { cardParamMap: { msgContent: "同意吗？" } },
          imRobotOpenDeliverModel: { spaceType: "IM_ROBOT", robotCode: "any-id" }
        })
      )
      yield* until(/robot → zhangsan \(卡片\): 同意吗？/)
      yield* type("/click agree")
      yield* until(/机器人应答/)
      yield* until(/robot → zhangsan \(卡片，已更新\): 已同意/)
    }), 60_000)
})
