import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as DingTalkEvent from "../../../src/inbound/call/DingTalkEvent.ts"
import { decode, schemas } from "../../../src/inbound/call/KnownEvent.ts"

const event = (eventType: string, data: unknown): DingTalkEvent.DingTalkEvent => {
  const decoded = DingTalkEvent.decode({ id: "default" }, { eventId: "e1", eventType }, data)
  if (decoded._tag !== "Decoded") throw new Error(decoded._tag)
  return decoded.value
}

const describeEvent = (eventType: string, data: unknown) => describeThat(event(eventType, data))

const describeThat = (event: DingTalkEvent.DingTalkEvent) =>
  DingTalkEvent.match(event, {
    user_add_org: ({ userId }) => userId.join(),
    user_modify_org: ({ diffInfo }) => diffInfo?.map(({ curr, prev }) => `${prev?.name}>${curr?.name}`).join() ?? "",
    chat_update_title: ({ title }) => title,
    bpms_instance_change: ({ finishTime, result, type }) => `${type} ${result} ${finishTime}`,
    check_in: ({ staffId }) => staffId,
    orElse: ({ data, eventType }) => ({ eventType, data })
  })

describe("match", () => {
  it.each([
    ["user_add_org", { timeStamp: "1685501863357", userId: ["u1", "u2"], optStaffId: "" }, "u1,u2"],
    ["user_add_org", { TimeStamp: 1, UserId: ["u1"], OptStaffId: null }, "u1"],
    ["user_add_org", { userid: "u1" }, "u1"],
    [
      "user_modify_org",
      { userId: ["u1"], diffInfo: [{ prev: { name: "a" }, curr: { name: "b" }, userid: "u1" }] },
      "a>b"
    ],
    ["user_modify_org", { userId: ["u1"], diffInfo: { prev: { name: "a" }, curr: { name: "b" } } }, "a>b"],
    ["user_modify_org", { userId: ["u1"] }, ""],
    ["chat_update_title", { openConversationId: "cid1", title: "新名" }, "新名"],
    [
      "bpms_instance_change",
      { processInstanceId: "p", type: "finish", result: "agree", finishTime: "15" },
      "finish agree 15"
    ],
    ["bpms_instance_change", { processInstanceId: "p", type: "start" }, "start undefined undefined"],
    ["check_in", { timeStamp: 1_495_542_282_000, staffId: "08" }, "08"]
  ])("%s: %j", (eventType, data, expected) => assert.strictEqual(describeEvent(eventType, data), expected))

  it.each([
    ["a_new_event", { a: 1 }],
    ["chat_disband", { openConversationId: "cid1" }],
    ["user_add_org", { userId: [] }],
    ["user_add_org", "text"],
    ["user_add_org", null],
    ["bpms_instance_change", { type: "start" }],
    ["toString", {}],
    ["__proto__", {}]
  ])(
    "%s as it is: %j",
    (eventType, data) => assert.deepStrictEqual(describeEvent(eventType, data), { eventType, data })
  )

  it("never throws, whatever an event brings", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.constantFrom(...Object.keys(schemas)), FastCheck.anything(), (type, data) => {
        if (data !== undefined) describeEvent(type, data)
      })
    )
    const nested = JSON.parse("[".repeat(5_000) + "]".repeat(5_000))
    const deep = { ...event("user_add_org", {}), data: { userId: nested } }
    assert.deepInclude(describeThat(deep), { eventType: "user_add_org" })
  })

  it("knows the types", () => {
    DingTalkEvent.match(event("chat_quit", {}), {
      chat_quit: (data) => expectTypeOf(data.openConversationId).toEqualTypeOf<string>(),
      orElse: (event) => expectTypeOf(event).toEqualTypeOf<DingTalkEvent.DingTalkEvent>()
    })
    // @ts-expect-error no such event
    DingTalkEvent.match(event("chat_quit", {}), { chat_quits: () => 1, orElse: () => 2 })
    // @ts-expect-error others have to be thought of
    expectTypeOf<Parameters<typeof DingTalkEvent.match<number>>[1]>({ chat_quit: () => 1 })
  })
})

describe("decode", () => {
  it("reads each event that was written by its schema", () => {
    FastCheck.assert(FastCheck.property(Arbitrary.make(schemas.bpms_task_change), (task) => {
      const written = Schema.encodeSync(schemas.bpms_task_change)(task)
      const read = decode("bpms_task_change", written)
      if (task.type !== "") assert.strictEqual(Option.getOrThrow(read).processInstanceId, task.processInstanceId)
    }))
  })
})
