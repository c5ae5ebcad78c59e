import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import * as DingTalkConfig from "../src/DingTalkConfig.ts"
import * as DingTalkPeople from "../src/DingTalkPeople.ts"
import * as DingTalkSender from "../src/DingTalkSender.ts"
import * as NodeDingTalk from "../src/node/NodeDingTalk.ts"
import type { SendError } from "../src/outbound/api/SendError.ts"
import { FakeDingTalk, type Options } from "../src/testing/index.ts"
import * as Desk from "./outbound/integration/utils/desk.ts"

const userPath = "/topapi/v2/user/get"
const mobilePath = "/topapi/v2/user/getbymobile"
const departmentPath = "/topapi/v2/department/get"
const groupPath = "/v1.0/im/sceneGroups/query"

const answer = (result: object) => ({ status: 200, body: { errcode: 0, errmsg: "ok", result } })
const refusal = (errcode: number, errmsg: string) => ({ status: 200, body: { errcode, errmsg } })
const noScope = refusal(
  88,
  "ding talk error[subcode=60011,submsg=应用尚未开通所需的权限：[qyapi_get_department_list]，点击链接申请]"
)

const zhangsan = {
  userid: "zhangsan",
  unionid: "u",
  name: "张三",
  mobile: "13800000000",
  title: "",
  dept_id_list: [1, 2]
}

const open = (options?: Parameters<typeof DingTalkPeople.layer>[0], fakeOptions?: Options.Options) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make(fakeOptions)
    const people = yield* Layer.build(
      DingTalkPeople.layer(options).pipe(
        Layer.provide(DingTalkSender.layer),
        Layer.provide(DingTalkConfig.layerUnknown(Desk.settingsOf(fake))),
        Layer.provide(NodeDingTalk.layer())
      )
    )
    return { fake, run: Effect.provide(people) }
  })

describe("people", () => {
  it.scoped("are known by name, number and departments, and asked for once", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* open()
      yield* fake.answerNext(userPath, answer(zhangsan))
      yield* fake.answerNext(departmentPath, answer({ name: "研发" }), answer({ name: "研发" }))
      const all = yield* run(
        Effect.all(Array.from({ length: 5 }, () => DingTalkPeople.person("zhangsan")), { concurrency: "unbounded" })
      )
      for (const person of all) {
        assert.deepStrictEqual(person, {
          staffId: "zhangsan",
          unionId: "u",
          name: "张三",
          mobile: "13800000000",
          email: undefined,
          title: undefined,
          jobNumber: undefined,
          departmentIds: ["1", "2"],
          departments: ["研发", "研发"]
        })
      }
      assert.lengthOf(yield* fake.requests(userPath), 1)
      assert.lengthOf(yield* fake.requests(departmentPath), 2)
    }))

  it.scoped("are known without their departments, where those may not be seen", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* open()
      yield* fake.answerNext(userPath, answer(zhangsan))
      yield* fake.answerEvery(departmentPath, noScope)
      assert.deepInclude(yield* run(DingTalkPeople.person("zhangsan")), { name: "张三", departments: [] })
    }))

  it.scoped("fail with the scopes that are missing, and are asked for again", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* open()
      yield* fake.answerNext(
        userPath,
        noScope,
        refusal(60121, "找不到该用户"),
        answer({ ...zhangsan, dept_id_list: [] })
      )
      const once = yield* Effect.flip(run(DingTalkPeople.person("zhangsan")))
      assert.deepInclude(once, { _tag: "PermissionDenied", scopes: ["qyapi_get_department_list"] })
      assert.strictEqual((yield* Effect.flip(run(DingTalkPeople.person("zhangsan"))))._tag, "TargetGone")
      assert.strictEqual((yield* run(DingTalkPeople.person("zhangsan"))).name, "张三")
    }))

  it.scoped("are answered to those who wait, although the first who asked was interrupted", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* open()
      yield* fake.answerEvery(mobilePath, { ...answer({ userid: "zhangsan" }), afterMs: 50 })
      const first = yield* Effect.fork(run(DingTalkPeople.staffIdByMobile("138")))
      yield* fake.until("the question", Effect.map(fake.requests(mobilePath), (all) => Option.fromNullable(all[0])))
      const second = yield* Effect.fork(run(DingTalkPeople.staffIdByMobile("138")))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(first)
      assert.strictEqual(yield* Fiber.join(second), "zhangsan")
      assert.lengthOf(yield* fake.requests(mobilePath), 1)
    }))

  it.scoped("groups have a name and an owner", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* open()
      yield* fake.answerNext(
        groupPath,
        { status: 200, body: { success: true, openConversationId: "cid1", title: "项目群", ownerUserId: "boss" } },
        { status: 200, body: { success: false } }
      )
      assert.deepStrictEqual(yield* run(DingTalkPeople.group("cid1")), {
        openConversationId: "cid1",
        title: "项目群",
        ownerStaffId: "boss"
      })
      assert.isTrue(Either.isLeft(yield* Effect.either(run(DingTalkPeople.group("cid2")))))
    }))
})

const organisation: Options.Options = {
  people: [{
    staffId: "zhangsan",
    name: "张三",
    mobile: "13800000000",
    email: "z@example.com",
    departmentIds: [1, 7, 9]
  }],
  departments: [{ id: 7, name: "研发" }],
  groups: [{ openConversationId: "cid1", title: "项目群", ownerUserId: "boss" }]
}

const missing = (error: { readonly _tag: string }) => [error._tag, "scopes" in error ? error.scopes : undefined]

describe("over the wire, in an organisation", () => {
  it.scoped("with all scopes: everything, but for what is not there", () =>
    Effect.gen(function*() {
      const { run } = yield* open({}, organisation)
      assert.deepInclude(yield* run(DingTalkPeople.person("zhangsan")), {
        name: "张三",
        mobile: "13800000000",
        email: "z@example.com",
        departmentIds: ["1", "7", "9"],
        departments: ["总部", "研发"]
      })
      assert.strictEqual(yield* run(DingTalkPeople.staffIdByMobile("13800000000")), "zhangsan")
      assert.deepInclude(yield* run(DingTalkPeople.group("cid1")), { title: "项目群", ownerStaffId: "boss" })
      assert.strictEqual((yield* Effect.flip(run(DingTalkPeople.person("nobody"))))._tag, "TargetGone")
      assert.strictEqual((yield* Effect.flip(run(DingTalkPeople.staffIdByMobile("1"))))._tag, "TargetGone")
      assert.strictEqual((yield* Effect.flip(run(DingTalkPeople.group("cid2"))))._tag, "BadRequest")
    }))

  it.scoped("without a scope: its name, from the legacy API as from the other", () =>
    Effect.gen(function*() {
      const { run } = yield* open({}, { ...organisation, scopes: [] })
      const asked: ReadonlyArray<
        readonly [Effect.Effect<unknown, SendError, DingTalkPeople.DingTalkPeople>, string]
      > = [
        [DingTalkPeople.person("zhangsan"), "qyapi_get_member"],
        [DingTalkPeople.staffIdByMobile("13800000000"), "qyapi_get_member_by_mobile"],
        [DingTalkPeople.group("cid1"), "qyapi_chat_manage"]
      ]
      for (const [ask, scope] of asked) {
        assert.deepStrictEqual(missing(yield* Effect.flip(run(ask))), ["PermissionDenied", [scope]])
      }
    }))

  it.scoped("with few scopes: what they show", () =>
    Effect.gen(function*() {
      const { run } = yield* open({}, { ...organisation, scopes: ["qyapi_get_member"] })
      assert.deepInclude(yield* run(DingTalkPeople.person("zhangsan")), {
        name: "张三",
        mobile: undefined,
        email: undefined,
        departments: []
      })
    }))

  it.scoped("asked for again when the hour is over", () =>
    Effect.gen(function*() {
      const { fake, run } = yield* open({ timeToLive: "1 hour" }, organisation)
      yield* run(DingTalkPeople.group("cid1"))
      yield* TestClock.adjust("59 minutes")
      yield* run(DingTalkPeople.group("cid1"))
      assert.lengthOf(yield* fake.requests(groupPath), 1)
      yield* TestClock.adjust("2 minutes")
      yield* run(DingTalkPeople.group("cid1"))
      assert.lengthOf(yield* fake.requests(groupPath), 2)
    }))
})
