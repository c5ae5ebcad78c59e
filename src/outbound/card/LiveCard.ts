/**
 * A card that shows a text while it is being written: which calls lead from one state to the next.
 *
 * Creating it shows the first words; `flowStatus` 2 is set through an update before the first streaming write, and 3 or 5
 * after the last, as DingTalk wants it. Both updates carry the text, so that none is spent on the status alone.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Ref from "effect/Ref"
import type { Account } from "../api/ApiClients.ts"
import { type ApiError, isRetryable } from "../api/ApiError.ts"
import { CallPriority } from "../api/Scheduler.ts"
import type { Target } from "../message/Target.ts"
import { append, shown } from "../text/liveText.ts"
import * as CardApi from "./CardApi.ts"

/**
 * How far a card has come.
 *
 * - `none`: there is none.
 * - `unsure`: a call to make it is on its way, or was lost.
 * - `made`: it shows the first words.
 * - `inputting`: its status says that it is being written.
 * - `writing`: it was written to, or a call to do so is on its way.
 *
 * @since 0.1.0
 * @category models
 */
export type Phase = "none" | "unsure" | "made" | "inputting" | "writing"

/**
 * The values of `flowStatus` in AI templates.
 *
 * @since 0.1.0
 * @category constants
 */
export const flowStatus = { processing: "1", inputting: "2", finished: "3", executing: "4", failed: "5" } as const

/**
 * What is known of a card.
 *
 * @since 0.1.0
 * @category models
 */
export interface State {
  readonly phase: Phase
  /** What it shows. */
  readonly text: string
  /** The text of the last call, without the note behind it, which may be shown although nobody said so. */
  readonly latest: string
  /** The note of the last call. */
  readonly note: string
  readonly updates: number
  readonly messageId: string | undefined
  /** Why it is of no use any more; what can pass is none of it. */
  readonly broken: ApiError | undefined
}

/**
 * What a card is made of.
 *
 * @since 0.1.0
 * @category models
 */
export interface Design {
  readonly templateId: string
  readonly outTrackId: string
  /** The variable of the text. */
  readonly contentKey: string
  /** The other variables. */
  readonly params: CardApi.Params
  /** The most characters that it shows. */
  readonly characters: number
  /** What becomes of some of the other variables when the card ends. Default: they stay. */
  readonly endParams?: CardApi.Params | undefined
  readonly supportForward?: boolean | undefined
  /** Default: the words of the text as it is first shown. */
  readonly preview?: string | undefined
}

/**
 * A card that shows a text while it is being written.
 *
 * @since 0.1.0
 * @category models
 */
export interface LiveCard {
  readonly state: Effect.Effect<State>
  /**
   * Shows the text so far, and a note behind it that goes with the next call, by one call that is optional and tried
   * once. A failure that can pass leaves the card as it is; any other breaks it, and from then on nothing is called.
   */
  readonly show: (text: string, note: string) => Effect.Effect<void>
  /** Shows the whole text and the end. Where there was no card yet, that takes one call. */
  readonly finish: (text: string) => Effect.Effect<void, ApiError>
  /** Shows that it will not be finished, with these words behind what came so far; does nothing where there is no card. */
  readonly fail: (words: string) => Effect.Effect<void, ApiError>
  /** Shows the end as if it were finished, with these words behind what came so far; does nothing where there is no card. */
  readonly stop: (words: string) => Effect.Effect<void, ApiError>
}

/**
 * A text as it may be shown, and words behind it; the text gives way where there is not room for both.
 *
 * @since 0.1.0
 * @category decisions
 */
export const behind = (text: string, words: string, characters: number): string => {
  if (words === "") return text
  const both = [shown(text), words].filter((part) => part !== "").join("\n\n")
  const excess = both.length - characters
  return excess <= 0 || text === ""
    ? both
    : behind(append("", text, Math.max(0, text.length - excess)), words, characters)
}

const initial: State = {
  phase: "none",
  text: "",
  latest: "",
  note: "",
  updates: 0,
  messageId: undefined,
  broken: undefined
}

/**
 * A card that can't be, and why.
 *
 * @since 0.1.0
 * @category constructors
 */
export const impossible = (reason: ApiError): LiveCard => ({
  state: Effect.succeed({ ...initial, broken: reason }),
  show: () => Effect.void,
  finish: () => Effect.fail(reason),
  fail: () => Effect.void,
  stop: () => Effect.void
})

/**
 * A card of which nothing is there yet.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (account: Account, target: Target, design: Design): Effect.Effect<LiveCard> =>
  Effect.map(Ref.make(initial), (ref): LiveCard => {
    const { characters, contentKey, outTrackId } = design
    const became = (phase: Phase, text: string) =>
      Ref.update(ref, (state) => ({ ...state, phase, text, updates: state.updates + 1 }))

    const paramsOf = (status: string): CardApi.Params | undefined =>
      status === flowStatus.inputting ? undefined : design.endParams

    const create = (text: string, status: string, effort: CardApi.Effort) =>
      Effect.gen(function*() {
        yield* Ref.update(ref, (state) => ({ ...state, phase: "unsure" as const }))
        const deliveries = yield* CardApi.create(account, {
          templateId: design.templateId,
          outTrackId,
          targets: [target],
          params: { ...design.params, ...paramsOf(status), [contentKey]: shown(text), flowStatus: status },
          supportForward: design.supportForward,
          preview: design.preview ?? text
        }, effort).pipe(
          Effect.tapError((error) =>
            Effect.unless(
              Ref.update(ref, (state) => ({ ...state, phase: "none" as const })),
              () => Predicate.isTagged(error, "Ambiguous")
            )
          )
        )
        yield* Ref.update(ref, (state) => ({
          ...state,
          messageId: deliveries.find(({ messageId }) => messageId !== undefined)?.messageId
        }))
        yield* became("made", text)
      })

    const setStatus = (text: string, status: string, effort: CardApi.Effort) =>
      CardApi.update(
        account,
        outTrackId,
        { params: { ...paramsOf(status), [contentKey]: shown(text), flowStatus: status } },
        effort
      )

    const write = (text: string, state: CardApi.Writing["state"], effort: CardApi.Effort) =>
      CardApi.write(account, outTrackId, { key: contentKey, content: shown(text), state }, effort)

    const next = (phase: Phase, text: string, note: string): Effect.Effect<void, ApiError> =>
      Effect.zipRight(
        Ref.update(ref, (state) => ({ ...state, latest: text, note })),
        advance(phase, behind(text, note, characters))
      )

    const advance = (phase: Phase, text: string): Effect.Effect<void, ApiError> => {
      const once = { tries: 1 }
      switch (phase) {
        case "none":
        case "unsure":
          return create(text, flowStatus.inputting, once)
        case "made":
          return Effect.zipRight(setStatus(text, flowStatus.inputting, once), became("inputting", text))
        case "inputting":
        case "writing":
          // A call that is on its way may have begun the writing: it has to be ended, too.
          return Ref.update(ref, (state) => ({ ...state, phase: "writing" as const })).pipe(
            Effect.zipRight(write(text, "more", once)),
            Effect.zipRight(became("writing", text))
          )
      }
    }

    /** Ends the writing, if there was any, and then the card; what is first must not keep the second from being done. */
    const end = (text: string, phase: Phase, how: "finished" | "failed") =>
      Effect.zipRight(
        phase === "writing" ? Effect.ignore(write(text, how, {})) : Effect.void,
        setStatus(text, flowStatus[how], {})
      )

    /** Ends it with what came last, for people may have seen that already; with its note where nothing else was said. */
    const settle = (how: "finished" | "failed") => (words: string) =>
      Effect.flatMap(Ref.get(ref), ({ latest, note, phase }) =>
        phase === "none"
          ? Effect.void
          : end(behind(latest, latest === "" && words === "" ? note : words, characters), phase, how))

    return {
      state: Ref.get(ref),
      show: (text, note) =>
        Effect.flatMap(
          Ref.get(ref),
          (state) =>
            state.broken !== undefined || behind(text, note, characters) === state.text
              ? Effect.void
              : next(state.phase, text, note).pipe(
                Effect.provideService(CallPriority, "optional"),
                Effect.catchAll((error) =>
                  isRetryable(error) ? Effect.void : Ref.update(ref, (state) => ({ ...state, broken: error }))
                )
              )
        ),
      finish: (text) =>
        Effect.flatMap(Ref.getAndUpdate(ref, (state) => ({ ...state, latest: text })), ({ phase }) =>
          phase === "none"
            ? create(text, flowStatus.finished, {})
            : Effect.zipRight(end(text, phase, "finished"), became(phase, text))),
      fail: settle("failed"),
      stop: settle("finished")
    }
  })
