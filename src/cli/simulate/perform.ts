/**
 * What becomes of what is typed.
 *
 * @since 0.1.0
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import { isRecord } from "../../internal/json.ts"
import { problemOf } from "../../outbound/media/Source.ts"
import * as Bodies from "../../testing/Bodies.ts"
import type { Fake } from "../../testing/FakeDingTalk.ts"
import type { Body } from "../../testing/Payloads.ts"
import type { Said } from "../../testing/Say.ts"
import type * as Seen from "../../testing/Seen.ts"
import { toJson } from "../text/printable.ts"
import type { Words } from "../words/Catalogue.ts"
import { cast, type Group, groupOf, type Person, personOf } from "./cast.ts"
import { Input } from "./input.ts"
import * as Troubles from "./troubles.ts"

/**
 * Who speaks now, and what was said.
 *
 * @since 0.1.0
 * @category models
 */
export interface Stage {
  readonly person: Person
  /** `undefined` for the direct conversation. */
  readonly group: Group | undefined
  /** Groups that were spoken in, by their ids. */
  readonly titles: ReadonlyMap<string, string>
  /** The `msgId` of the last message. */
  readonly last: string | undefined
  /** What the crowd has said and was answered in all: it is counted, not shown. */
  readonly crowd: { readonly said: number; readonly answers: number; readonly lastAt: number }
}

/**
 * At the beginning.
 *
 * @since 0.1.0
 * @category constants
 */
export const beginning: Stage = {
  person: cast.person,
  group: undefined,
  titles: new Map([[cast.group.conversationId, cast.group.title]]),
  last: undefined,
  crowd: { said: 0, answers: 0, lastAt: 0 }
}

/**
 * What a line needs to take effect.
 *
 * @since 0.1.0
 * @category models
 */
export interface Theatre {
  readonly fake: Fake
  readonly words: Words
  readonly stage: Ref.Ref<Stage>
  /** Prints a remark. */
  readonly remark: (text: string) => Effect.Effect<void>
  readonly print: (text: string) => Effect.Effect<void>
  /** Remembers what a message said. */
  readonly remember: (id: string, text: string) => Effect.Effect<void>
  readonly help: string
}

const isHeard = ({ connection }: Seen.Delivery): boolean => connection !== undefined

const heard = ({ remark, words }: Theatre, deliveries: ReadonlyArray<Seen.Delivery>): Effect.Effect<void> =>
  deliveries.some(isHeard) ? Effect.void : remark(words.simulate.nobodyHeard)

const afterSaying = (theatre: Theatre, { deliveries, msgId }: Said, text: string): Effect.Effect<void> =>
  Effect.all([
    Ref.update(theatre.stage, (stage) => ({ ...stage, last: msgId })),
    theatre.remember(msgId, text),
    heard(theatre, deliveries)
  ], { discard: true })

/** `@` at the beginning of a line leads to a group from anywhere. */
const say = (theatre: Theatre, text: string, mention: boolean) =>
  Effect.gen(function*() {
    const { group, person } = yield* Ref.get(theatre.stage)
    const place = group ?? (mention ? cast.group : undefined)
    const said = yield* theatre.fake.say(text, {
      from: person,
      ...place === undefined ? {} : { group: place, mention }
    })
    yield* afterSaying(theatre, said, text)
  })

const move = (theatre: Theatre, change: (stage: Stage) => Stage) =>
  Effect.flatMap(
    Ref.updateAndGet(theatre.stage, change),
    ({ group, person }) => theatre.remark(theatre.words.simulate.speaksNow(person.nick, person.staffId, group?.title))
  )

/** What people's DingTalk shows as a picture: more than robots may upload as one. */
const pictures = new Set([".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp"])

const sendFile = (theatre: Theatre, path: string) =>
  Effect.gen(function*() {
    const { fake, remark, stage, words: { simulate } } = theatre
    const files = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const { group, person } = yield* Ref.get(stage)
    const name = paths.basename(path)
    const isPicture = pictures.has(paths.extname(path).toLowerCase())
    if (group !== undefined && !isPicture) return yield* remark(simulate.filesAreDirect)
    const content = yield* files.readFile(path)
    if (content.length === 0) return yield* remark(simulate.emptyFile(path))
    const downloadCode = yield* fake.putFile(content, { fileName: name })
    const body: Body = isPicture ? Bodies.picture(downloadCode) : Bodies.file(name, { downloadCode })
    // A picture has a second code, of the smaller one.
    if (isPicture) yield* fake.putFile(content, { fileName: name, downloadCode: `${downloadCode}-picture` })
    const said = yield* fake.post(body, { from: person, ...group === undefined ? {} : { group, mention: true } })
    yield* remark(simulate.sentFile(name, content.length))
    yield* afterSaying(theatre, said, name)
  }).pipe(
    Effect.catchTag("SystemError", "BadArgument", (error) =>
      theatre.remark(theatre.words.simulate.noFile(path, theatre.words.hints.file(problemOf(error)))))
  )

/** Tells how a delivery is answered, whenever that is. */
const tellAnswer = ({ fake, remark, words }: Theatre, delivery: Seen.Delivery, read: (ack: Seen.Ack) => string) =>
  Effect.forkScoped(
    Effect.flatMap(Effect.orDie(fake.awaitAck(delivery.messageId)), (ack) => remark(words.simulate.answered(read(ack))))
  )

const statusOf = ({ code, data }: Seen.Ack): string =>
  isRecord(data) && typeof data["status"] === "string" ? data["status"] : `code ${code}`

const dataOf = ({ code, data }: Seen.Ack): string =>
  typeof data === "object" && data !== null ? toJson(data) : `code ${code}`

const click = (theatre: Theatre, button: string) =>
  Effect.gen(function*() {
    const { fake, remark, stage, words: { simulate } } = theatre
    const { group, person } = yield* Ref.get(stage)
    const isHere = ({ places }: Seen.Card): boolean =>
      places.some((place) => group === undefined ? place.to === person.staffId : place.to === group.conversationId)
    const cards = yield* fake.cards
    const card = cards.findLast(isHere) ?? cards.findLast(({ places }) => places.some(({ group }) => group))
    if (card === undefined) return yield* remark(simulate.noCard)
    const delivery = yield* fake.press(card.outTrackId, button, { as: person.staffId })
    yield* isHeard(delivery) ? tellAnswer(theatre, delivery, dataOf) : remark(simulate.nobodyHeard)
  }).pipe(
    Effect.catchTag(
      "NoSuchElementException",
      ({ message }) => theatre.remark(theatre.words.simulate.notPressed(message))
    )
  )

const happen = (theatre: Theatre, type: string, data: unknown) =>
  Effect.gen(function*() {
    const { fake, remark, words: { simulate } } = theatre
    const delivery = yield* fake.event(type, data)
    if (isHeard(delivery)) return void (yield* tellAnswer(theatre, delivery, statusOf))
    const { length } = yield* fake.connections
    yield* remark(length === 0 ? simulate.nobodyHeard : simulate.noEvents)
  })

const redeliver = ({ fake, remark, stage, words: { simulate } }: Theatre) =>
  Effect.gen(function*() {
    const { last } = yield* Ref.get(stage)
    const deliveries = last === undefined ? [] : yield* Effect.orElseSucceed(fake.redeliver(last), () => [])
    yield* remark(
      last === undefined
        ? simulate.nothingSaid
        : deliveries.some(isHeard)
        ? simulate.delivered
        : simulate.nobodyHeard
    )
  })

const flood = (theatre: Theatre, count: number) =>
  Effect.gen(function*() {
    const { fake, remark, stage, words: { simulate } } = theatre
    const lastAt = yield* Clock.currentTimeMillis
    yield* Ref.update(stage, (stage) => ({
      ...stage,
      crowd: { ...stage.crowd, said: stage.crowd.said + count, lastAt }
    }))
    const deliveries = yield* fake.flood(count, undefined, { from: cast.crowd })
    yield* deliveries.some(isHeard) ? remark(simulate.out(count)) : remark(simulate.nobodyHeard)
  })

/** Without an answer for so long, a flood is over. */
const quietMs = 2_000

/**
 * Says what came of floods, whenever one is over.
 *
 * @since 0.1.0
 * @category operations
 */
export const sumUpFloods = ({ remark, stage, words }: Theatre): Effect.Effect<never> => {
  const next = (told: Stage["crowd"]) =>
    Effect.gen(function*() {
      yield* Effect.sleep(quietMs / 4)
      const { crowd } = yield* Ref.get(stage)
      const now = yield* Clock.currentTimeMillis
      if (now - crowd.lastAt < quietMs || (crowd.said === told.said && crowd.answers === told.answers)) return told
      yield* remark(words.simulate.flooded(crowd.said, crowd.answers))
      return crowd
    })
  return Effect.zipRight(Effect.iterate(beginning.crowd, { while: () => true, body: next }), Effect.never)
}

const secret = ({ fake, remark, words: { simulate } }: Theatre, right: boolean): Effect.Effect<void> =>
  right
    ? Effect.zipRight(Troubles.answerAll(fake, Troubles.none), remark(simulate.rightSecret))
    : Effect.all([
      Troubles.answerAll(fake, Troubles.wrongSecret),
      fake.expireTokens,
      remark(simulate.wrongSecret),
      fake.closeAll()
    ], { discard: true })

/**
 * Lets a line take effect.
 *
 * @since 0.1.0
 * @category operations
 */
export const perform = (theatre: Theatre) => {
  const { fake, print, remark, words: { simulate } } = theatre
  return Input.$match({
    Nothing: (): Effect.Effect<unknown, never, Scope.Scope | FileSystem.FileSystem | Path.Path> => Effect.void,
    Quit: () => Effect.void,
    Mistake: ({ problem }) => remark(problem),
    Help: () => print(theatre.help),
    Say: ({ mention, text }) => say(theatre, text, mention),
    As: ({ name }) => move(theatre, (stage) => ({ ...stage, person: personOf(name) })),
    Direct: () => move(theatre, (stage) => ({ ...stage, group: undefined })),
    Group: ({ title }) =>
      move(theatre, (stage) => {
        const group = groupOf(title ?? cast.group.title)
        return { ...stage, group, titles: new Map([...stage.titles, [group.conversationId, group.title]]) }
      }),
    File: ({ path }) => sendFile(theatre, path),
    Click: ({ button }) => click(theatre, button),
    Event: ({ data, type }) => happen(theatre, type, data),
    Redeliver: () => redeliver(theatre),
    Flood: ({ count }) => flood(theatre, count),
    Notice: () => fake.notice(),
    Close: () => fake.closeAll(),
    Freeze: () => Effect.zipRight(fake.freeze(), remark(simulate.frozen)),
    Thaw: () => Effect.zipRight(fake.thaw(), remark(simulate.healed)),
    Secret: ({ right }) => secret(theatre, right),
    Outage: () => Effect.zipRight(Troubles.answerAll(fake, Troubles.outage), remark(simulate.outage)),
    Throttle: () => Effect.zipRight(Troubles.answerAll(fake, Troubles.throttled), remark(simulate.throttled)),
    Heal: () =>
      Effect.all([Troubles.answerAll(fake, Troubles.none), fake.thaw(), remark(simulate.healed)], { discard: true })
  })
}

/**
 * What is to be shown of these replies: all, but those to the crowd, which are counted.
 *
 * @since 0.1.0
 * @category operations
 */
export const toPeople = (stage: Ref.Ref<Stage>, replies: ReadonlyArray<Seen.Reply>) =>
  Effect.flatMap(
    Clock.currentTimeMillis,
    (now) =>
      Ref.modify(stage, (current): readonly [ReadonlyArray<Seen.Reply>, Stage] => {
        const shown = replies.filter(({ to }) => to !== cast.crowd.staffId)
        const answers = replies.length - shown.length
        return answers === 0
          ? [shown, current]
          : [shown, { ...current, crowd: { ...current.crowd, answers: current.crowd.answers + answers, lastAt: now } }]
      })
  )
