/**
 * The events that robots meet most, typed. Their shapes are those of DingTalk's event reference for Stream push.
 *
 * DingTalk writes some fields with a capital or in lower case, ids as a string or a list, and times as a number or a
 * string: all of that is read. A field that is missing does not make an event unknown; one without which it would mean
 * nothing does.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { isRecord } from "../../internal/json.ts"

const Id = Schema.NonEmptyString
const Ids = Schema.transform(Schema.Union(Id, Schema.NonEmptyArray(Id)), Schema.NonEmptyArray(Id), {
  strict: true,
  decode: (ids) => typeof ids === "string" ? [ids] as const : ids,
  encode: (ids) => ids
})
const Millis = Schema.Union(Schema.Int, Schema.NumberFromString.pipe(Schema.int()))
const maybe = <A, I>(schema: Schema.Schema<A, I>) => Schema.optional(schema)
const maybeText = maybe(Schema.String)

/** In a group: which, and by whom. */
const inGroup = {
  /** The group's `cid…`. */
  openConversationId: Id,
  /** Its older id, `chat…`. */
  chatId: maybeText,
  /** The staff id of who did it. */
  operator: maybeText,
  timeStamp: maybe(Millis)
}

/** About people of the organisation. */
const ofPeople = {
  /** Their staff ids. */
  userId: Ids,
  /** The staff id of who did it. */
  optStaffId: maybeText,
  timeStamp: maybe(Millis)
}

const Person = Schema.Struct({
  name: maybeText,
  email: maybeText,
  jobNumber: maybeText,
  telephone: maybeText,
  workPlace: maybeText,
  remark: maybeText
})

/** Of approvals: what they are about. */
const ofApproval = {
  processInstanceId: Id,
  processCode: maybeText,
  bizCategoryId: maybeText,
  businessId: maybeText,
  title: maybeText,
  createTime: maybe(Millis),
  finishTime: maybe(Millis),
  /** Of an instance: who asked for it. Of a task: who decides, or handed it on. */
  staffId: maybeText
}

/** Of a message that a robot sent. */
const ofRobotMessage = {
  processQueryKey: Id,
  /** Who did it; `undefined` for people outside the organisation. */
  userId: maybeText,
  unionId: maybeText,
  robotCode: maybeText,
  openConversationId: maybeText,
  /** When, spelt as DingTalk does. */
  operatTime: maybe(Millis)
}

/**
 * What each event tells, by DingTalk's name of it.
 *
 * @since 0.1.0
 * @category schemas
 */
export const schemas = {
  /** People joined the organisation. */
  user_add_org: Schema.Struct(ofPeople),
  /** Something about people of the organisation changed: `diffInfo` says what. */
  user_modify_org: Schema.Struct({
    ...ofPeople,
    diffInfo: maybe(Schema.transform(
      Schema.Union(
        Schema.Struct({ prev: maybe(Person), curr: maybe(Person), userId: maybeText }),
        Schema.Array(Schema.Struct({ prev: maybe(Person), curr: maybe(Person), userId: maybeText }))
      ),
      Schema.Array(Schema.Struct({ prev: maybe(Person), curr: maybe(Person), userId: maybeText })),
      { strict: true, decode: (diff) => "length" in diff ? diff : [diff], encode: (diff) => diff }
    ))
  }),
  /** People left the organisation. */
  user_leave_org: Schema.Struct(ofPeople),
  /** People who had joined used DingTalk for the first time. */
  user_active_org: Schema.Struct(ofPeople),
  /** People were added to a group. */
  chat_add_member: Schema.Struct({ ...inGroup, userId: Ids }),
  /** People were removed from a group. */
  chat_remove_member: Schema.Struct({ ...inGroup, userId: Ids }),
  /** Somebody left a group. */
  chat_quit: Schema.Struct({ ...inGroup, userId: maybe(Ids) }),
  /** A group has another owner. */
  chat_update_owner: Schema.Struct({ ...inGroup, owner: maybeText }),
  /** A group has another name. */
  chat_update_title: Schema.Struct({ ...inGroup, title: Schema.String }),
  /** A group is no more. */
  chat_disband: Schema.Struct(inGroup),
  /** An approval: `type` is `start`, `finish` (then `result` is `agree` or `refuse`), `terminate` or `delete`. */
  bpms_instance_change: Schema.Struct({ ...ofApproval, type: Schema.String, result: maybeText, url: maybeText }),
  /** Somebody's part in an approval: `type` is `start`, `finish`, `cancel` or `comment`; `result` also `redirect`. */
  bpms_task_change: Schema.Struct({
    ...ofApproval,
    type: Schema.String,
    result: maybeText,
    remark: maybeText,
    taskId: maybe(Schema.Union(Schema.Number, Schema.String))
  }),
  /** Somebody checked in (签到). */
  check_in: Schema.Struct({ staffId: Id, timeStamp: maybe(Millis) }),
  /** People clocked in or out (打卡). */
  attendance_check_record: Schema.Struct({
    dataList: Schema.NonEmptyArray(Schema.Struct({
      userId: Id,
      checkTime: maybe(Millis),
      /** `Normal`, or `Outside` of the workplace. */
      locationResult: maybeText,
      /** `MAP`, `WIFI`, … */
      locationMethod: maybeText,
      address: maybeText,
      groupId: maybeText,
      bizId: maybeText
    }))
  }),
  /** Somebody read a message that the robot had sent. */
  robot_msg_read: Schema.Struct(ofRobotMessage),
  /** A message that the robot had sent was taken back. */
  robot_msg_recall: Schema.Struct(ofRobotMessage)
} as const

/**
 * DingTalk's names of the events that are typed.
 *
 * @since 0.1.0
 * @category models
 */
export type KnownType = keyof typeof schemas

/**
 * What an event of this name tells.
 *
 * @since 0.1.0
 * @category models
 */
export type DataOf<T extends KnownType> = Schema.Schema.Type<(typeof schemas)[T]>

const spelt: Readonly<Record<string, string>> = { userid: "userId", unionid: "unionId" }

/** No field of these events lies deeper. */
const deepest = 6

/**
 * The fields in small camel case, without those that say nothing: DingTalk writes `null` and `""` where it means none.
 */
const tidy = (value: unknown, depth = deepest): unknown =>
  depth === 0
    ? value
    : Array.isArray(value)
    ? value.map((each) => tidy(each, depth - 1))
    : isRecord(value)
    ? Object.fromEntries(
      Object.entries(value).flatMap(([key, each]): ReadonlyArray<readonly [string, unknown]> => {
        const name = key.slice(0, 1).toLowerCase() + key.slice(1)
        return each === null || each === "" ? [] : [[spelt[name] ?? name, tidy(each, depth - 1)]]
      })
    )
    : value

const isKnown = (eventType: string): eventType is KnownType => Object.hasOwn(schemas, eventType)

type Decoders = { readonly [T in KnownType]: (data: unknown) => Option.Option<DataOf<T>> }

const decoders: Decoders = {
  user_add_org: Schema.decodeUnknownOption(schemas.user_add_org),
  user_modify_org: Schema.decodeUnknownOption(schemas.user_modify_org),
  user_leave_org: Schema.decodeUnknownOption(schemas.user_leave_org),
  user_active_org: Schema.decodeUnknownOption(schemas.user_active_org),
  chat_add_member: Schema.decodeUnknownOption(schemas.chat_add_member),
  chat_remove_member: Schema.decodeUnknownOption(schemas.chat_remove_member),
  chat_quit: Schema.decodeUnknownOption(schemas.chat_quit),
  chat_update_owner: Schema.decodeUnknownOption(schemas.chat_update_owner),
  chat_update_title: Schema.decodeUnknownOption(schemas.chat_update_title),
  chat_disband: Schema.decodeUnknownOption(schemas.chat_disband),
  bpms_instance_change: Schema.decodeUnknownOption(schemas.bpms_instance_change),
  bpms_task_change: Schema.decodeUnknownOption(schemas.bpms_task_change),
  check_in: Schema.decodeUnknownOption(schemas.check_in),
  attendance_check_record: Schema.decodeUnknownOption(schemas.attendance_check_record),
  robot_msg_read: Schema.decodeUnknownOption(schemas.robot_msg_read),
  robot_msg_recall: Schema.decodeUnknownOption(schemas.robot_msg_recall)
}

/**
 * What an event of this name tells, if its data are of the shape.
 *
 * @since 0.1.0
 * @category decoding
 */
export const decode = <T extends KnownType>(eventType: T, data: unknown): Option.Option<DataOf<T>> =>
  decoders[eventType](tidy(data))

/**
 * What to do about each event, by DingTalk's name of it.
 *
 * @since 0.1.0
 * @category models
 */
export type Cases<A> = { readonly [T in KnownType]?: (data: DataOf<T>) => A }

/**
 * Does what the cases say about an event; `orElse` for one without a case, or whose data are not of the shape.
 *
 * @since 0.1.0
 * @category decoding
 */
export const match = <A>(
  { data, eventType }: { readonly eventType: string; readonly data: unknown },
  cases: Cases<A>,
  orElse: () => A
): A => {
  if (!isKnown(eventType)) return orElse()
  const run = <T extends KnownType>(type: T): A => {
    const matched: ((data: DataOf<T>) => A) | undefined = cases[type]
    const known = matched === undefined ? Option.none() : decode(type, data)
    return Option.isSome(known) && matched !== undefined ? matched(known.value) : orElse()
  }
  return run(eventType)
}
