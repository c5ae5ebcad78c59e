/**
 * A conversation that was played, as a test that plays it again. Pure.
 *
 * @since 0.1.0
 */
import type { Group, Line, Person } from "./contract.ts"

/**
 * What somebody did, with all that it takes to do it again.
 *
 * @since 0.1.0
 * @category models
 */
export type Act =
  | { readonly _tag: "Text"; readonly text: string; readonly quote: Quote | undefined }
  | { readonly _tag: "Picture"; readonly name: string; readonly bytes: Uint8Array }
  | { readonly _tag: "File"; readonly name: string; readonly bytes: Uint8Array }
  | { readonly _tag: "Voice"; readonly recognition: string }
  | { readonly _tag: "Record"; readonly title: string; readonly entries: ReadonlyArray<RecordEntry> }
  /** A button of the so-manieth card of the conversation. */
  | { readonly _tag: "Press"; readonly card: number; readonly action: string }

/**
 * What is answered to.
 *
 * @since 0.1.0
 * @category models
 */
export interface Quote {
  readonly kind: "text" | "picture" | "file" | "card"
  readonly text: string
  readonly title: string | undefined
}

/**
 * A line of a forwarded conversation.
 *
 * @since 0.1.0
 * @category models
 */
export interface RecordEntry {
  readonly senderName: string
  readonly content: string
}

/**
 * What the robot has said, as far as it is compared.
 *
 * @since 0.1.0
 * @category models
 */
export interface Expected {
  readonly kind: string
  readonly shown: string
  /** Of a card. */
  readonly status?: string
}

/**
 * A step: what the robot had said in this conversation before it, since the recording began, and the act.
 *
 * @since 0.1.0
 * @category models
 */
export interface Step {
  readonly by: Person
  readonly group: Group | undefined
  readonly mention: boolean
  readonly before: ReadonlyArray<Expected>
  readonly act: Act
}

/**
 * A recording.
 *
 * @since 0.1.0
 * @category models
 */
export interface Recording {
  /** The keys of what was there before. */
  readonly known: ReadonlySet<string>
  readonly steps: ReadonlyArray<Step>
}

const unfinished: ReadonlySet<string> = new Set(["processing", "inputting", "executing"])

/**
 * The robot's lines, as they are compared. A card that is still being written is none yet.
 *
 * @since 0.1.0
 * @category decisions
 */
export const expectedOf = (lines: ReadonlyArray<Line>, known: ReadonlySet<string>): ReadonlyArray<Expected> =>
  lines.flatMap(({ card, from, key, kind, shown }) =>
    from !== undefined || known.has(key) || (card !== undefined && unfinished.has(card.status))
      ? []
      : [{ kind, shown, ...card === undefined ? {} : { status: card.status } }]
  )

const placeOf = ({ by, group }: Pick<Step, "by" | "group">): string => group?.conversationId ?? by.staffId

/** A value as source text. */
const literal = (value: unknown): string => JSON.stringify(value)

const nameOf = (prefix: string, id: string, index: number): string => {
  const plain = id.replace(/[^A-Za-z0-9]/g, "")
  return /^[A-Za-z]/.test(plain) && plain.length <= 20 ? plain : `${prefix}${index + 1}`
}

/** Names of variables, by what they stand for; no two are the same. */
const naming = (prefix: string, ids: ReadonlyArray<string>): ReadonlyMap<string, string> => {
  const names = ids.map((id, index) => nameOf(prefix, id, index))
  return new Map(ids.map((id, index) => {
    const name = names[index] ?? prefix
    return [id, names.indexOf(name) === index && !reserved.has(name) ? name : `${prefix}${index + 1}`]
  }))
}

const reserved: ReadonlySet<string> = new Set([
  "Bodies",
  "Effect",
  "FakeDingTalk",
  "Option",
  "Quoted",
  "answers",
  "assert",
  "command",
  "describe",
  "fake",
  "it",
  "press",
  "robot",
  "seen",
  "spawn"
])

const quoted = ({ kind, text, title }: Quote): string => {
  switch (kind) {
    case "text":
      return `Quoted.text(${literal(text)})`
    case "picture":
      return "Quoted.picture()"
    case "file":
      return `Quoted.file(${literal(text)})`
    case "card":
      return `Quoted.cardMarkdown(${literal(title ?? "")}, ${literal(text)})`
  }
}

/** Larger ones would make a test that nobody wants to read. */
const largestFile = 24_000

const fileLines = (name: string, bytes: Uint8Array, isPicture: boolean): ReadonlyArray<string> => {
  const content = bytes.length > largestFile
    ? `{ zeros: ${bytes.length} }`
    : `Buffer.from(${literal(Buffer.from(bytes).toString("base64"))}, "base64")`
  return isPicture
    ? [
      ...bytes.length > largestFile
        ? [`// ${literal(name)} had ${bytes.length} bytes: put them here if the robot looks at them.`]
        : [],
      `const picture = ${content}`,
      `const code = yield* fake.putFile(picture, { fileName: ${literal(name)} })`,
      `yield* fake.putFile(picture, { fileName: ${literal(name)}, downloadCode: \`\${code}-picture\` })`
    ]
    : [`const code = yield* fake.putFile(${content}, { fileName: ${literal(name)} })`]
}

const block = (lines: ReadonlyArray<string>): ReadonlyArray<string> => ["{", ...lines.map((line) => `  ${line}`), "}"]

const actLines = (step: Step, people: ReadonlyMap<string, string>, groups: ReadonlyMap<string, string>) => {
  const { act, by, group, mention } = step
  const from = people.get(by.staffId) ?? literal(by)
  const where = group === undefined
    ? `{ from: ${from} }`
    : `{ from: ${from}, group: ${groups.get(group.conversationId) ?? literal(group)}, mention: ${mention} }`
  switch (act._tag) {
    case "Text":
      return act.quote === undefined
        ? [`yield* fake.say(${literal(act.text)}, ${where})`]
        : [`yield* fake.post(Bodies.quoting(Bodies.text(${literal(act.text)}), ${quoted(act.quote)}), ${where})`]
    case "Voice":
      return [`yield* fake.post(Bodies.audio(${literal(act.recognition)}), ${where})`]
    case "Record":
      return [
        `yield* fake.post(Bodies.chatRecord(${[act.title, ...act.entries].map(literal).join(", ")}), ${where})`
      ]
    case "Picture":
      return block([...fileLines(act.name, act.bytes, true), `yield* fake.post(Bodies.picture(code), ${where})`])
    case "File":
      return block([
        ...fileLines(act.name, act.bytes, false),
        `yield* fake.post(Bodies.file(${literal(act.name)}, { downloadCode: code }), ${where})`
      ])
    case "Press":
      return [`yield* press(fake, ${literal(placeOf(step))}, ${act.card}, ${literal(act.action)}, ${from}.staffId)`]
  }
}

const expectation = (name: string, place: string, all: ReadonlyArray<Expected>): ReadonlyArray<string> => [
  `yield* ${name}(fake, ${literal(place)}, [`,
  ...all.map((each, index) => `  ${literal(each)}${index === all.length - 1 ? "" : ","}`),
  "])"
]

/** The words of the command line, as an array of source; of `effect-dingtalk` itself, the one that is installed. */
const commandSource = (command: ReadonlyArray<string>): string => {
  const [program, ...args] = command
  return program === "effect-dingtalk"
    ? `[process.execPath, installed, ${args.map(literal).join(", ")}]`
    : `[${command.map(literal).join(", ")}]`
}

const head = (command: ReadonlyArray<string>, uses: { readonly bodies: boolean; readonly quotes: boolean }) => {
  const isInstalled = command[0] === "effect-dingtalk"
  return `// A conversation that was recorded with "effect-dingtalk play". It is yours: keep what matters, change what does not.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { ${
    [...uses.bodies ? ["Bodies"] : [], "FakeDingTalk", ...uses.quotes ? ["Quoted"] : []].join(", ")
  } } from "effect-dingtalk/testing"
import { spawn } from "node:child_process"
${
    isInstalled
      ? `import { createRequire } from "node:module"
import { dirname, join } from "node:path"

const installed = join(dirname(createRequire(import.meta.url).resolve("effect-dingtalk/package.json")), "dist/bin.js")
`
      : ""
  }
/** What starts the robot; it gets DingTalk's address and its credentials in its environment. */
const command: readonly [string, ...Array<string>] = ${commandSource(command)}

const robot = (fake: FakeDingTalk.Fake) => {
  const [program, ...args] = command
  return Effect.acquireRelease(
    Effect.sync(() =>
      spawn(program, args, {
        stdio: ["ignore", "ignore", "inherit"],
        env: {
          ...process.env,
          DINGTALK_CLIENT_ID: fake.config.appKey,
          DINGTALK_CLIENT_SECRET: fake.config.appSecret,
          DINGTALK_API_BASE_URL: fake.config.apiBaseUrl,
          DINGTALK_OAPI_BASE_URL: fake.config.oapiBaseUrl,
          DINGTALK_OPENAPI_ENDPOINT: fake.config.apiBaseUrl
        }
      })
    ),
    (child) =>
      Effect.async<void>((resume) => {
        if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
        child.once("exit", () => resume(Effect.void))
        child.kill()
      })
  )
}

interface Seen {
  readonly kind: string
  readonly shown: string
  readonly status?: string
}

/** What the robot has said in a conversation, as people see it now. */
const seen = (fake: FakeDingTalk.Fake, place: string) =>
  Effect.map(fake.conversation(place), (lines) =>
    lines.filter(({ from }) => from === fake.config.appKey).map(({ card, kind, shown }): Seen => (
      card === undefined ? { kind, shown } : { kind, shown, status: card.status }
    )))

/** Waits until the robot has said all of this, maybe among other things. */
const answers = (fake: FakeDingTalk.Fake, place: string, expected: ReadonlyArray<Seen>) => {
  const said = seen(fake, place)
  const missing = (lines: ReadonlyArray<Seen>) => {
    const left = lines.map((line) => JSON.stringify(line))
    return expected.filter((line) => {
      const at = left.indexOf(JSON.stringify(line))
      if (at !== -1) left.splice(at, 1)
      return at === -1
    })
  }
  return fake.until(
    "the robot's answers",
    Effect.map(said, (lines) => missing(lines).length === 0 ? Option.some(lines) : Option.none())
  ).pipe(
    Effect.catchTag("NeverHappened", () => Effect.map(said, (lines) => assert.sameDeepMembers([...lines], [...expected])))
  )
}
`
}

const ends = `
/** Nothing else was said. */
const saidAll = (fake: FakeDingTalk.Fake, place: string, expected: ReadonlyArray<Seen>) =>
  Effect.zipRight(
    answers(fake, place, expected),
    Effect.map(seen(fake, place), (lines) => assert.sameDeepMembers([...lines], [...expected]))
  )
`

const pressing = `
/** Presses a button of the so-manieth card of a conversation. */
const press = (fake: FakeDingTalk.Fake, place: string, nth: number, action: string, as: string) =>
  Effect.gen(function*() {
    const card = yield* fake.until(
      \`card \${nth + 1} in \${place}\`,
      Effect.map(fake.conversation(place), (lines) =>
        Option.fromNullable(lines.filter(({ card }) => card !== undefined)[nth]?.card))
    )
    const delivery = yield* fake.press(card.outTrackId, action, { as })
    yield* fake.awaitAck(delivery.messageId)
  })
`

/**
 * The source of a test that plays a recording again; \`said\` is what the robot has said in the end, by conversation.
 *
 * @since 0.1.0
 * @category rendering
 */
export const testOf = (
  { steps }: Recording,
  { command, said, title }: {
    readonly title: string
    /** What starts the robot. */
    readonly command: ReadonlyArray<string>
    readonly said: ReadonlyMap<string, ReadonlyArray<Expected>>
  }
): string => {
  const uses = {
    bodies: steps.some(({ act }) => act._tag !== "Press" && (act._tag !== "Text" || act.quote !== undefined)),
    quotes: steps.some(({ act }) => act._tag === "Text" && act.quote !== undefined),
    presses: steps.some(({ act }) => act._tag === "Press")
  }
  const speakers = [...new Map(steps.map(({ by }) => [by.staffId, by])).values()]
  const spokenIn = [
    ...new Map(steps.flatMap(({ group }) => group === undefined ? [] : [[group.conversationId, group] as const]))
      .values()
  ]
  const people = naming("person", speakers.map(({ staffId }) => staffId))
  const groups = naming("group", spokenIn.map(({ conversationId }) => conversationId))
  const body = [
    ...speakers.map((person) => `const ${people.get(person.staffId)} = ${literal(person)}`),
    ...spokenIn.map((group) => `const ${groups.get(group.conversationId)} = ${literal(group)}`),
    "",
    "const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })",
    "yield* robot(fake)",
    "yield* fake.awaitConnection",
    "",
    ...steps.flatMap((step) => [
      ...step.before.length === 0 ? [] : expectation("answers", placeOf(step), step.before),
      ...actLines(step, people, groups)
    ]),
    ...[...said].flatMap(([place, all]) => expectation("saidAll", place, all))
  ]
  return `${head(command, uses)}${ends}${uses.presses ? pressing : ""}
describe(${literal(title)}, () => {
  it.scopedLive("goes as it was recorded", () =>
    Effect.gen(function*() {
${body.map((line) => line === "" ? "" : `      ${line}`).join("\n")}
    }), 60_000)
})
`
}
