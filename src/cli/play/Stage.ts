/**
 * The playground's side of the chat: who is there, what was said and recorded, what is wrong.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { randomUUID } from "node:crypto"
import * as Bodies from "../../testing/Bodies.ts"
import type { Fake } from "../../testing/FakeDingTalk.ts"
import type { Body } from "../../testing/Payloads.ts"
import * as Quoted from "../../testing/Quoted.ts"
import type { Said } from "../../testing/Say.ts"
import { cast, groupOf, personOf } from "../simulate/cast.ts"
import * as Troubles from "../simulate/troubles.ts"
import type * as Contract from "./contract.ts"
import * as Faults from "./faults.ts"
import * as Notes from "./notes.ts"
import * as Recording from "./recording.ts"
import * as Scene from "./scene.ts"
import * as Sightings from "./sightings.ts"

/**
 * A file that somebody is about to send, or that the robot has sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Stored {
  readonly name: string
  readonly bytes: Uint8Array
}

interface State {
  readonly people: ReadonlyArray<Contract.Person>
  readonly groups: ReadonlyArray<Contract.Group>
  readonly faults: ReadonlyArray<Contract.Fault>
  readonly recording: Recording.Recording | undefined
  /** The `msgId` of the last message. */
  readonly last: string | undefined
  /** Files by their codes: the last ones. */
  readonly files: HashMap.HashMap<string, Stored>
}

/** What the page asks of it. */
type Asked<C> = C extends { readonly payload: { readonly Type: infer P } } ? P : never

/** Those who are there at the beginning. */
const beginning: State = {
  people: [cast.person, personOf("李四"), personOf("王五")],
  groups: [cast.group, groupOf("项目群")],
  faults: [],
  recording: undefined,
  last: undefined,
  files: HashMap.empty()
}

/** Changes that come faster are shown together, in milliseconds. */
const frameMs = 50

/**
 * @since 0.1.0
 * @category models
 */
export interface Stage {
  readonly notes: Notes.Notes
  /** What there is, and then what is new: for one page, for as long as it looks. */
  readonly news: (robot: RobotNow) => Stream.Stream<Contract.News>
  /** Whether a robot was there to hear it. */
  readonly say: (said: Asked<typeof Contract.say>) => Effect.Effect<boolean>
  readonly press: (pressed: Asked<typeof Contract.press>) => Effect.Effect<void, NoCard>
  readonly read: (read: Asked<typeof Contract.read>) => Effect.Effect<void>
  readonly addPerson: (name: string) => Effect.Effect<Contract.Person>
  readonly addGroup: (title: string) => Effect.Effect<Contract.Group>
  readonly fault: (fault: Contract.Fault, on: boolean) => Effect.Effect<void>
  readonly heal: Effect.Effect<void>
  /** Keeps a file; gives the code by which it is sent. */
  readonly keep: (file: Stored) => Effect.Effect<string>
  /** A file by its code, or by the `media_id` under which the robot has uploaded it. */
  readonly file: (code: string) => Effect.Effect<Option.Option<Stored>>
  readonly record: (on: boolean) => Effect.Effect<void>
  /** The recording as a test of a robot that this starts; none while nothing is recorded. */
  readonly test: (title: string, command: ReadonlyArray<string>) => Effect.Effect<Option.Option<string>>
}

/**
 * The robot as it is now, and when that changes.
 *
 * @since 0.1.0
 * @category models
 */
export interface RobotNow {
  readonly now: Effect.Effect<Contract.Robot>
  readonly changes: Stream.Stream<unknown>
}

/**
 * There is no such card, or its buttons call nobody.
 *
 * @since 0.1.0
 * @category errors
 */
export interface NoCard {
  readonly _tag: "NoSuchElementException"
  readonly message: string
}

const placeOf = (as: string, group: string | undefined): string => group ?? as

/** Files that are kept, the last ones. */
const mostFiles = 200

const quoteOf = ({ card, content, kind, shown, text, title }: Contract.Line): Recording.Quote =>
  card !== undefined || /actionCard/i.test(kind)
    ? { kind: "card", text, title: title ?? "" }
    : /^(?:picture|sampleImageMsg)$/.test(kind)
    ? { kind: "picture", text: "", title: undefined }
    : /^(?:file|sampleFile)$/.test(kind)
    ? { kind: "file", text: String(content["fileName"] ?? text), title: undefined }
    : { kind: "text", text: /markdown/i.test(kind) ? shown : text, title: undefined }

const quotedOf = ({ kind, text, title }: Recording.Quote): Quoted.Quoted => {
  switch (kind) {
    case "text":
      return Quoted.text(text)
    case "picture":
      return Quoted.picture()
    case "file":
      return Quoted.file(text)
    case "card":
      return Quoted.cardMarkdown(title ?? "", text)
  }
}

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = (fake: Fake): Effect.Effect<Stage, never, Scope.Scope> =>
  Effect.gen(function*() {
    const state = yield* SubscriptionRef.make(beginning)
    const notes = yield* Notes.make

    const look = Effect.gen(function*() {
      const { groups, people } = yield* SubscriptionRef.get(state)
      const staffIds = new Set(people.map(({ staffId }) => staffId))
      const places = [...staffIds, ...groups.map(({ conversationId }) => conversationId)]
      const lines = yield* Effect.forEach(places, (place) => fake.conversation(place))
      return new Map(places.map((place, index) => [place, Scene.linesOf(lines[index] ?? [], staffIds)]))
    })

    const linesIn = (place: string) => Effect.map(look, (scene) => scene.get(place) ?? [])

    /** What the robot uploads is forgotten by the fake after a while. */
    const keepUploads = Effect.gen(function*() {
      const uploads = yield* fake.uploads
      yield* SubscriptionRef.update(state, (known) => {
        const fresh = uploads.filter(({ bytes, id }) => bytes !== undefined && !HashMap.has(known.files, id))
        return fresh.length === 0 ? known : {
          ...known,
          files: fresh.reduce(
            (files, { bytes = new Uint8Array(), fileName, id }) => HashMap.set(files, id, { name: fileName, bytes }),
            known.files
          )
        }
      })
    })

    const nickOf = (staffId: string) =>
      Effect.map(
        SubscriptionRef.get(state),
        ({ people }): Contract.Person => people.find((person) => person.staffId === staffId) ?? personOf(staffId)
      )

    const groupBy = (id: string | undefined) =>
      Effect.map(SubscriptionRef.get(state), ({ groups }) => groups.find(({ conversationId }) => conversationId === id))

    /** Adds a step to the recording, if there is one. */
    const recorded = (as: string, group: string | undefined, mention: boolean, act: Recording.Act) =>
      Effect.gen(function*() {
        const { recording } = yield* SubscriptionRef.get(state)
        if (recording === undefined) return
        const before = Recording.expectedOf(yield* linesIn(placeOf(as, group)), recording.known)
        const step = { by: yield* nickOf(as), group: yield* groupBy(group), mention, before, act }
        yield* SubscriptionRef.update(state, (known) => ({
          ...known,
          recording: known.recording === undefined
            ? undefined
            : { ...known.recording, steps: [...known.recording.steps, step] }
        }))
      })

    const heard = ({ deliveries, msgId }: Said) =>
      Effect.as(
        SubscriptionRef.update(state, (known) => ({ ...known, last: msgId })),
        deliveries.some(({ connection }) => connection !== undefined)
      )

    const entriesOf = (place: string, keys: ReadonlyArray<string>) =>
      Effect.gen(function*() {
        const lines = (yield* linesIn(place)).filter(({ key }) => keys.includes(key))
        return yield* Effect.forEach(lines, ({ from, shown }) =>
          Effect.map(from === undefined ? Effect.succeed({ nick: cast.robot }) : nickOf(from), ({ nick }) => ({
            senderName: nick,
            content: shown
          })))
      })

    const say: Stage["say"] = ({ as, group: groupId, mention, quote, saying }) =>
      Effect.gen(function*() {
        const from = yield* nickOf(as)
        const group = yield* groupBy(groupId)
        const where = { from, ...group === undefined ? {} : { group, mention } }
        const done = (act: Recording.Act) => recorded(as, groupId, mention, act)
        const post = (body: Body) => Effect.flatMap(fake.post(body, where), heard)
        switch (saying._tag) {
          case "Text": {
            const line = (yield* linesIn(placeOf(as, groupId))).find(({ key }) => key === quote)
            const answered = line === undefined ? undefined : quoteOf(line)
            yield* done({ _tag: "Text", text: saying.text, quote: answered })
            return answered === undefined
              ? yield* Effect.flatMap(fake.say(saying.text, where), heard)
              : yield* post(Bodies.quoting(Bodies.text(saying.text), quotedOf(answered)))
          }
          case "Voice":
            yield* done({ _tag: "Voice", recognition: saying.recognition })
            return yield* post(Bodies.audio(saying.recognition))
          case "Record": {
            const entries = yield* entriesOf(saying.place, saying.keys)
            yield* done({ _tag: "Record", title: saying.title, entries })
            return yield* post(Bodies.chatRecord(saying.title, ...entries))
          }
          case "File": {
            const { code, isPicture, name } = saying
            const stored = HashMap.get((yield* SubscriptionRef.get(state)).files, code)
            const bytes = Option.match(stored, { onNone: () => new Uint8Array(), onSome: ({ bytes }) => bytes })
            yield* done({ _tag: isPicture ? "Picture" : "File", name, bytes })
            yield* fake.putFile(bytes, { downloadCode: code, fileName: name })
            // A picture has a second code, of the smaller one.
            if (isPicture) yield* fake.putFile(bytes, { downloadCode: `${code}-picture`, fileName: name })
            return yield* post(isPicture ? Bodies.picture(code) : Bodies.file(name, { downloadCode: code }))
          }
        }
      })

    const press: Stage["press"] = ({ action, as, outTrackId }) =>
      Effect.gen(function*() {
        const { places } = yield* fake.card(outTrackId)
        const group = places.find(({ group, to }) => group && to !== as)?.to
        const cards = (yield* linesIn(placeOf(as, group))).filter(({ card }) => card !== undefined)
        const { recording } = yield* SubscriptionRef.get(state)
        const fresh = cards.filter(({ key }) => recording?.known.has(key) !== true)
        const nth = fresh.findIndex(({ card }) => card?.outTrackId === outTrackId)
        if (nth !== -1) yield* recorded(as, group, false, { _tag: "Press", card: nth, action })
        yield* fake.press(outTrackId, action, { as })
      })

    const fault: Stage["fault"] = (name, on) =>
      Effect.gen(function*() {
        const { faults, last } = yield* SubscriptionRef.get(state)
        yield* notes.add({ level: "info", event: on ? `play.fault.${name}` : `play.healed.${name}`, fields: {} })
        yield* on ? Faults.begin(fake, name, last) : Faults.end(fake, name)
        yield* SubscriptionRef.update(state, (known) => ({
          ...known,
          faults: on ? Faults.after(faults, name) : faults.filter((other) => other !== name)
        }))
      })

    const stageNow = (robot: Contract.Robot) =>
      Effect.map(SubscriptionRef.get(state), ({ faults, groups, people, recording }): Contract.Stage => ({
        people,
        groups,
        faults,
        robot,
        recorded: recording?.steps.length
      }))

    return {
      notes,
      say,
      press,
      fault,
      news: ({ changes, now }) => {
        const ticks = Stream.mergeAll([
          Stream.make(undefined),
          Stream.repeatEffect(Sightings.nextChange(fake)),
          state.changes,
          notes.all.changes,
          changes
        ], { concurrency: "unbounded" })
        const told: Scene.Told = new Map()
        const first = { isFirst: true, told, noted: 0, stage: "" }
        return ticks.pipe(
          Stream.buffer({ capacity: 1, strategy: "sliding" }),
          Stream.mapAccumEffect(first, (before) =>
            Effect.gen(function*() {
              yield* Effect.sleep(frameMs)
              yield* keepUploads
              const { gone, lines, told } = Scene.since(before.told, yield* look)
              const fresh = (yield* SubscriptionRef.get(notes.all)).filter(({ id }) => id > before.noted)
              const stage = yield* Effect.flatMap(now, stageNow)
              const asText = JSON.stringify(stage)
              const isNews = before.isFirst || lines.length + gone.length + fresh.length > 0 || asText !== before.stage
              const news: Contract.News = { first: before.isFirst, stage, lines, gone, notes: fresh }
              const after = { isFirst: false, told, noted: fresh.at(-1)?.id ?? before.noted, stage: asText }
              return [after, isNews ? Option.some(news) : Option.none<Contract.News>()] as const
            })),
          Stream.filterMap((news) => news)
        )
      },
      read: ({ as, group }) => fake.read(as, group),
      addPerson: (name) => {
        const person = personOf(name)
        return Effect.as(
          SubscriptionRef.update(state, (known) => ({
            ...known,
            people: [...known.people.filter(({ staffId }) => staffId !== person.staffId), person]
          })),
          person
        )
      },
      addGroup: (title) => {
        const group = groupOf(title)
        return Effect.as(
          SubscriptionRef.update(state, (known) => ({
            ...known,
            groups: [...known.groups.filter(({ conversationId }) => conversationId !== group.conversationId), group]
          })),
          group
        )
      },
      heal: Effect.all([
        notes.add({ level: "info", event: "play.healed", fields: {} }),
        Troubles.answerAll(fake, Troubles.none),
        fake.thaw(),
        fake.slowPong(0),
        SubscriptionRef.update(state, (known) => ({ ...known, faults: [] }))
      ], { discard: true }),
      keep: (file) =>
        Effect.sync(() => randomUUID()).pipe(
          Effect.tap((code) =>
            SubscriptionRef.update(state, (known) => {
              const kept = HashMap.size(known.files) < mostFiles ? known.files : HashMap.empty<string, Stored>()
              return { ...known, files: HashMap.set(kept, code, file) }
            })
          )
        ),
      file: (code) => Effect.map(SubscriptionRef.get(state), ({ files }) => HashMap.get(files, code)),
      record: (on) =>
        Effect.gen(function*() {
          const known = new Set([...(yield* look).values()].flat().map(({ key }) => key))
          yield* SubscriptionRef.update(state, (all) => ({ ...all, recording: on ? { known, steps: [] } : undefined }))
        }),
      test: (title, command) =>
        Effect.gen(function*() {
          const { recording } = yield* SubscriptionRef.get(state)
          if (recording === undefined || recording.steps.length === 0) return Option.none()
          const places = new Set(recording.steps.map(({ by, group }) => placeOf(by.staffId, group?.conversationId)))
          const scene = yield* look
          const said = new Map([...places].map((place) => [
            place,
            Recording.expectedOf(scene.get(place) ?? [], recording.known)
          ]))
          return Option.some(Recording.testOf(recording, { title, command, said }))
        })
    }
  })
