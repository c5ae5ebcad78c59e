/**
 * What a persistent program was given, what of it it has answered, and what it may do next. Pure.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import type * as Command from "./Command.ts"
import { type Refusal, Task } from "./Task.ts"

/**
 * How a delivery stands.
 *
 * - `open`: the program has it.
 * - `closing`: a command that ends it is being carried out.
 * - `done`: it was ended by a command.
 * - `givenUp`: it took too long, or the program ended.
 *
 * @since 0.1.0
 * @category models
 */
export type Standing = "open" | "closing" | "done" | "givenUp"

/**
 * A message, an event or a card action. `route` is how a message is answered; only a message has one.
 *
 * @since 0.1.0
 * @category models
 */
export interface Delivery<Route> {
  readonly kind: "message" | "event" | "cardAction"
  readonly route: Route | undefined
  readonly standing: Standing
}

/** A card that is being written. */
interface Card {
  /** The message that it answers. */
  readonly answers: string | undefined
  /** All of its text so far. */
  readonly text: string
}

/**
 * All that is known.
 *
 * @since 0.1.0
 * @category models
 */
export interface Book<Route> {
  /** Deliveries that there have been. */
  readonly count: number
  readonly deliveries: HashMap.HashMap<string, Delivery<Route>>
  /** Those that are closed, the oldest first: they can still be replied to. */
  readonly closed: ReadonlyArray<string>
  readonly cards: HashMap.HashMap<string, Card>
}

/**
 * Closed deliveries that are remembered.
 *
 * @since 0.1.0
 * @category constants
 */
export const mostClosed = 1_000

/**
 * Cards that may be written at once.
 *
 * @since 0.1.0
 * @category constants
 */
export const mostCards = 256

/**
 * Longest text of a card, in characters.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxCharacters = 1024 * 1024

/**
 * Nothing was given yet.
 *
 * @since 0.1.0
 * @category constructors
 */
export const empty = <Route>(): Book<Route> => ({
  count: 0,
  deliveries: HashMap.empty(),
  closed: [],
  cards: HashMap.empty()
})

const prefix = { message: "m", event: "e", cardAction: "a" } as const

/**
 * A new delivery, under an id of its own.
 *
 * @since 0.1.0
 * @category transitions
 */
export const give = <Route>(
  book: Book<Route>,
  kind: Delivery<Route>["kind"],
  route: Route | undefined
): readonly [id: string, book: Book<Route>] => {
  const count = book.count + 1
  const id = `${prefix[kind]}${count}`
  return [id, { ...book, count, deliveries: HashMap.set(book.deliveries, id, { kind, route, standing: "open" }) }]
}

/**
 * A delivery is over; what is over stays as it is. The oldest of those that are over is forgotten.
 *
 * @since 0.1.0
 * @category transitions
 */
export const close = <Route>(book: Book<Route>, id: string, standing: "done" | "givenUp"): Book<Route> => {
  const found = Option.getOrUndefined(HashMap.get(book.deliveries, id))
  if (found === undefined || found.standing === "done" || found.standing === "givenUp") return book
  const closed = [...book.closed, id]
  const forgotten = closed.slice(0, Math.max(0, closed.length - mostClosed))
  return {
    ...book,
    closed: closed.slice(forgotten.length),
    deliveries: HashMap.removeMany(HashMap.set(book.deliveries, id, { ...found, standing }), forgotten)
  }
}

/**
 * Those that the program has: neither closed nor being ended.
 *
 * @since 0.1.0
 * @category getters
 */
export const isOpen = <Route>({ deliveries }: Book<Route>, id: string): boolean =>
  Option.exists(HashMap.get(deliveries, id), ({ standing }) => standing === "open")

/**
 * Takes cards out that nobody will write any more: those that answer a message, or all. Gives their names.
 *
 * @since 0.1.0
 * @category transitions
 */
export const dropCards = <Route>(
  book: Book<Route>,
  answering?: string
): readonly [names: ReadonlyArray<string>, book: Book<Route>] => {
  const names = [...HashMap.entries(book.cards)]
    .flatMap(([name, { answers }]) => answering === undefined || answers === answering ? [name] : [])
  return [names, { ...book, cards: HashMap.removeMany(book.cards, names) }]
}

type Judged<Route> = Either.Either<readonly [task: Task<Route>, book: Book<Route>], Refusal>

const refuse = (code: Refusal["code"], message: string, hint: string): Either.Either<never, Refusal> =>
  Either.left({ code, message, hint })

const find = <Route>(
  { deliveries }: Book<Route>,
  id: string
): Either.Either<Delivery<Route>, Refusal> =>
  Option.match(HashMap.get(deliveries, id), {
    onSome: Either.right,
    onNone: () =>
      refuse(
        "UnknownDelivery",
        `nothing is known of ${JSON.stringify(id)}`,
        `for is the id of a line that was read; of those that are done the last ${mostClosed} are remembered, later use send`
      )
  })

/** How a message is answered; nothing else is. */
const routeOf = <Route>(book: Book<Route>, id: string): Either.Either<Route, Refusal> =>
  Either.flatMap(find(book, id), ({ kind, route }) =>
    route === undefined
      ? refuse(
        "WrongKind",
        `${id} is no message, but of type ${kind}`,
        "use send with to; done, failed or answer end it"
      )
      : Either.right(route))

/** As it stands while a command that ends it is carried out, if that is so. */
const closing = <Route>(book: Book<Route>, id: string): Book<Route> => ({
  ...book,
  deliveries: HashMap.modify(
    book.deliveries,
    id,
    (delivery) => delivery.standing === "open" ? { ...delivery, standing: "closing" as const } : delivery
  )
})

const ended = <Route>(
  book: Book<Route>,
  command: Command.Of<"done"> | Command.Of<"failed"> | Command.Of<"answer">
): Judged<Route> =>
  Either.flatMap(find(book, command.for), ({ kind, standing }): Judged<Route> => {
    const id = command.for
    if (command.type === "answer" && kind === "message") {
      return refuse("WrongKind", `${id} is a message`, "answer is for card actions and events; a message gets a reply")
    }
    if (standing === "open") return Either.right([Task.End({ delivery: id, command }), closing(book, id)])
    if (standing === "givenUp") {
      return refuse("TooLate", `${id} took too long, and was given up`, "answer within --timeout, or raise it")
    }
    return command.type === "done"
      ? Either.right([Task.Nothing(), book])
      : refuse(
        "TooLate",
        `${id} is done already`,
        "each is ended once: by reply without more, card.finish, done or failed"
      )
  })

/** What is new of a card's text. */
const appended = (
  { text }: Card,
  progress: { readonly append?: string; readonly text?: string }
): Either.Either<string, Refusal> => {
  const isSame = progress.text === undefined || progress.text.startsWith(text)
  const append = progress.text === undefined ? progress.append ?? "" : progress.text.slice(text.length)
  if (!isSame) {
    return refuse(
      "NotAppended",
      "the text does not begin with what the card has",
      "a card's text only grows: use append"
    )
  }
  return text.length + append.length > maxCharacters
    ? refuse("CardFull", `the text of a card has at most ${maxCharacters} characters`, "end it, and begin another one")
    : Either.right(append)
}

const cardNamed = <Route>({ cards }: Book<Route>, name: string): Either.Either<Card, Refusal> =>
  Option.match(HashMap.get(cards, name), {
    onSome: Either.right,
    onNone: () =>
      refuse(
        "UnknownCard",
        `there is no card ${JSON.stringify(name)} that is being written`,
        "card.create makes one; it is gone behind card.finish, card.fail, and --timeout of its message"
      )
  })

const opened = <Route>(book: Book<Route>, command: Command.Of<"card.create">): Judged<Route> => {
  if (HashMap.has(book.cards, command.card)) {
    return refuse(
      "CardExists",
      `there is a card ${JSON.stringify(command.card)} already`,
      "give each card a name of its own"
    )
  }
  if (HashMap.size(book.cards) >= mostCards) {
    return refuse("TooManyCards", `${mostCards} cards are being written`, "end some by card.finish or card.fail")
  }
  const route: Either.Either<Route | undefined, Refusal> = command.for === undefined
    ? Either.right(undefined)
    : routeOf(book, command.for)
  return Either.map(route, (route) => {
    const card = { answers: command.for, text: command.text ?? "" }
    return [Task.OpenCard({ command, route }), { ...book, cards: HashMap.set(book.cards, command.card, card) }] as const
  })
}

const closedCard = <Route>(
  book: Book<Route>,
  command: Command.Of<"card.finish"> | Command.Of<"card.fail">
): Judged<Route> =>
  Either.gen(function*() {
    const card = yield* cardNamed(book, command.card)
    const append = command.type === "card.finish" ? yield* appended(card, command) : ""
    const ends = card.answers !== undefined && isOpen(book, card.answers) ? card.answers : undefined
    const left = { ...book, cards: HashMap.remove(book.cards, command.card) }
    return [
      Task.CloseCard({
        card: command.card,
        append,
        how: command.type === "card.finish" ? "finished" : "failed",
        reason: command.type === "card.fail" ? command.reason : undefined,
        ends
      }),
      ends === undefined ? left : closing(left, ends)
    ] as const
  })

/**
 * What is to be done about a command, and how all stands then; or why it is refused.
 *
 * @since 0.1.0
 * @category decisions
 */
export const judge = <Route>(book: Book<Route>, command: Command.Command): Judged<Route> => {
  const right = (task: Task<Route>): Judged<Route> => Either.right([task, book])
  switch (command.type) {
    case "reply":
      return Either.map(routeOf(book, command.for), (route) => {
        const ends = command.more !== true && isOpen(book, command.for) ? command.for : undefined
        return [Task.Reply({ command, route, ends }), ends === undefined ? book : closing(book, ends)] as const
      })
    case "send":
      return right(Task.Send({ command }))
    case "done":
    case "failed":
    case "answer":
      return ended(book, command)
    case "card.create":
      return opened(book, command)
    case "card.update":
      return Either.gen(function*() {
        const card = yield* cardNamed(book, command.card)
        const append = yield* appended(card, command)
        const cards = HashMap.set(book.cards, command.card, { ...card, text: card.text + append })
        return [Task.WriteCard({ card: command.card, append }), { ...book, cards }] as const
      })
    case "card.finish":
    case "card.fail":
      return closedCard(book, command)
    case "card.set":
      return right(Task.SetCard({ command }))
    case "reaction.add":
    case "reaction.remove":
      return Either.map(routeOf(book, command.for), (route) => [Task.React({ command, route }), book] as const)
    case "recall":
      return right(Task.Recall({ command }))
  }
}
