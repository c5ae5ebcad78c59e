/**
 * What the playground's page and its process say to each other. Pure: it is a part of the page, too.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Endpoint from "../../pageServer/Endpoint.ts"

const Texts = Schema.Record({ key: Schema.String, value: Schema.String })

/**
 * @since 0.1.0
 * @category models
 */
export const Person = Schema.Struct({ staffId: Schema.String, nick: Schema.String })

/**
 * @since 0.1.0
 * @category models
 */
export type Person = typeof Person.Type

/**
 * @since 0.1.0
 * @category models
 */
export const Group = Schema.Struct({ conversationId: Schema.String, title: Schema.String })

/**
 * @since 0.1.0
 * @category models
 */
export type Group = typeof Group.Type

/**
 * A card as it is now.
 *
 * @since 0.1.0
 * @category models
 */
export const Card = Schema.Struct({
  outTrackId: Schema.String,
  templateId: Schema.String,
  params: Texts,
  /** What only some see, by user id. */
  privateParams: Schema.Record({ key: Schema.String, value: Texts }),
  /** The variable that holds its text; without one the text is not known. */
  textKey: Schema.UndefinedOr(Schema.String),
  status: Schema.Literal("plain", "processing", "inputting", "finished", "executing", "failed"),
  /** Whether more may be written to it. */
  isOver: Schema.Boolean
})

/**
 * @since 0.1.0
 * @category models
 */
export type Card = typeof Card.Type

/**
 * A line of a conversation as it stands there now.
 *
 * @since 0.1.0
 * @category models
 */
export const Line = Schema.Struct({
  /** The same for as long as it stands there. */
  key: Schema.String,
  at: Schema.Number,
  /** A staff id; `undefined` for the robot. */
  from: Schema.UndefinedOr(Schema.String),
  kind: Schema.String,
  text: Schema.String,
  title: Schema.UndefinedOr(Schema.String),
  shown: Schema.String,
  /** What is in it, by the names of its kind. */
  content: Schema.Record({ key: Schema.String, value: Schema.Unknown }),
  mentions: Schema.Array(Schema.String),
  reactions: Schema.Array(Schema.String),
  /** Nobody knows of what came by a session webhook. */
  readBy: Schema.UndefinedOr(Schema.Array(Schema.String)),
  card: Schema.UndefinedOr(Card)
})

/**
 * @since 0.1.0
 * @category models
 */
export type Line = typeof Line.Type

/**
 * What can be made to go wrong.
 *
 * @since 0.1.0
 * @category models
 */
export const faults = [
  "secret",
  "outage",
  "throttle",
  "quota",
  "ban",
  "freeze",
  "halfOpen",
  "notice",
  "close",
  "redeliver",
  "flood"
] as const

/**
 * @since 0.1.0
 * @category models
 */
export type Fault = typeof faults[number]

/**
 * Something that happened: a fault that somebody made, or what came of it.
 *
 * @since 0.1.0
 * @category models
 */
export const Note = Schema.Struct({
  id: Schema.Number,
  at: Schema.Number,
  level: Schema.Literal("good", "info", "warn", "bad"),
  /** A name of the library's log events, or one of the playground's own. */
  event: Schema.String,
  fields: Texts
})

/**
 * @since 0.1.0
 * @category models
 */
export type Note = typeof Note.Type

/**
 * The robot behind the chat: the built-in one, a command, or one that somebody else runs.
 *
 * @since 0.1.0
 * @category models
 */
export const Robot = Schema.Struct({
  kind: Schema.Literal("builtin", "command", "own"),
  /** The command. */
  command: Schema.Array(Schema.String),
  /** How many connections it has. */
  connections: Schema.Number,
  /** Where its account stands; `undefined` for one of somebody else's. */
  status: Schema.UndefinedOr(Schema.Literal("Connecting", "Connected", "BackingOff", "Standby", "Stopping", "Stopped")),
  /** What a robot needs to come here. */
  settings: Texts
})

/**
 * @since 0.1.0
 * @category models
 */
export type Robot = typeof Robot.Type

/**
 * What there is beside the conversations.
 *
 * @since 0.1.0
 * @category models
 */
export const Stage = Schema.Struct({
  people: Schema.Array(Person),
  groups: Schema.Array(Group),
  robot: Robot,
  /** The faults that last. */
  faults: Schema.Array(Schema.Literal(...faults)),
  /** How many steps are recorded; `undefined` while nothing is. */
  recorded: Schema.UndefinedOr(Schema.Number)
})

/**
 * @since 0.1.0
 * @category models
 */
export type Stage = typeof Stage.Type

/**
 * What is new. Conversations are named by the staff id of whose direct one it is, or by the group's id.
 *
 * @since 0.1.0
 * @category models
 */
export const News = Schema.Struct({
  /** Whether this is all there is: what was told before is void. */
  first: Schema.Boolean,
  stage: Stage,
  lines: Schema.Array(Schema.Struct({ place: Schema.String, line: Line })),
  gone: Schema.Array(Schema.Struct({ place: Schema.String, key: Schema.String })),
  notes: Schema.Array(Note)
})

/**
 * @since 0.1.0
 * @category models
 */
export type News = typeof News.Type

/**
 * What somebody says.
 *
 * @since 0.1.0
 * @category models
 */
export const Saying = Schema.Union(
  Schema.TaggedStruct("Text", { text: Schema.String }),
  Schema.TaggedStruct("File", { code: Schema.String, name: Schema.String, isPicture: Schema.Boolean }),
  Schema.TaggedStruct("Voice", { recognition: Schema.String }),
  /** Lines of a conversation, forwarded together. */
  Schema.TaggedStruct("Record", { title: Schema.String, place: Schema.String, keys: Schema.Array(Schema.String) })
)

/**
 * @since 0.1.0
 * @category models
 */
export type Saying = typeof Saying.Type

/**
 * Where somebody speaks: to the robot alone, or in a group.
 *
 * @since 0.1.0
 * @category models
 */
const Where = { as: Schema.String, group: Schema.UndefinedOr(Schema.String) }

const nothing = Schema.Struct({})

/**
 * @since 0.1.0
 * @category endpoints
 */
export const news = Endpoint.feed({ path: "/api/news", event: News })

/**
 * Somebody says something; `quote` is the key of the line that it answers to.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const say = Endpoint.call({
  path: "/api/say",
  payload: Schema.Struct({
    ...Where,
    mention: Schema.Boolean,
    quote: Schema.UndefinedOr(Schema.String),
    saying: Saying
  }),
  /** Whether a robot was there to hear it. */
  success: Schema.Struct({ heard: Schema.Boolean })
})

/**
 * Somebody presses a button of a card.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const press = Endpoint.call({
  path: "/api/press",
  payload: Schema.Struct({ as: Schema.String, outTrackId: Schema.String, action: Schema.String }),
  success: nothing
})

/**
 * Somebody has read what is there.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const read = Endpoint.call({ path: "/api/read", payload: Schema.Struct(Where), success: nothing })

/**
 * @since 0.1.0
 * @category endpoints
 */
export const addPerson = Endpoint.call({
  path: "/api/people",
  payload: Schema.Struct({ name: Schema.String }),
  success: Person
})

/**
 * @since 0.1.0
 * @category endpoints
 */
export const addGroup = Endpoint.call({
  path: "/api/groups",
  payload: Schema.Struct({ title: Schema.String }),
  success: Group
})

/**
 * Makes something go wrong, or ends it.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const fault = Endpoint.call({
  path: "/api/fault",
  payload: Schema.Struct({ fault: Schema.Literal(...faults), on: Schema.Boolean }),
  success: nothing
})

/**
 * Ends all that is wrong.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const heal = Endpoint.call({ path: "/api/heal", payload: nothing, success: nothing })

/**
 * Stops the robot, or starts it.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const run = Endpoint.call({
  path: "/api/run",
  payload: Schema.Struct({ on: Schema.Boolean }),
  success: nothing
})

/**
 * Begins to record, or gives it up.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const record = Endpoint.call({
  path: "/api/record",
  payload: Schema.Struct({ on: Schema.Boolean }),
  success: nothing
})

/**
 * The recording as a test; `command` is what starts the robot, if it is somebody's own.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const save = Endpoint.call({
  path: "/api/save",
  payload: Schema.Struct({ title: Schema.String, command: Schema.Array(Schema.String) }),
  success: Schema.Struct({ fileName: Schema.String, source: Schema.String })
})

/**
 * Where a file goes that somebody is about to send; `?name=` is what it is called.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const filePath = "/api/file"

/**
 * What came of that.
 *
 * @since 0.1.0
 * @category models
 */
export const Uploaded = Schema.Struct({ code: Schema.String })
