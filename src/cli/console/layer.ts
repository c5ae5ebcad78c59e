/**
 * `--console-port`: the console of `listen` and `exec`.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as DingTalkConsole from "../../console/DingTalkConsole.ts"
import type { HintOf } from "../../console/statusView.ts"
import { UsageError } from "../errors.ts"
import * as Stderr from "../process/stderr.ts"
import * as Setup from "../setup/Setup.ts"
import { catalogue, type Words } from "../words/Catalogue.ts"
import { hintOf as wordsOf, transientHint } from "../words/hintOf.ts"

const hintIn = (words: Words, error: Parameters<HintOf>[0]): string => {
  switch (error._tag) {
    case "PermanentAuth":
      return wordsOf(words, error)
    case "StreamStall":
      return words.hints.reasons.rejected
    case "Transient":
      return transientHint(words, error)
  }
}

const hintOf: HintOf = (error) => ({ en: hintIn(catalogue.en, error), zh: hintIn(catalogue.zh, error) })

/**
 * What was asked for.
 *
 * @since 0.1.0
 * @category models
 */
export interface Given {
  readonly port: number
  readonly showText: boolean
  /** The configuration's file, which the set-up form writes; there is none for settings of the environment. */
  readonly config: Option.Option<string>
  /** Puts that file in force. */
  readonly reload: Effect.Effect<void>
}

/**
 * The console of a command. Its first URL is printed on stderr, once.
 *
 * @since 0.1.0
 * @category layers
 */
export const make = (
  { config, port, reload, showText }: Given
): Layer.Layer<DingTalkConsole.DingTalkConsole, UsageError> =>
  Layer.unwrapScoped(Effect.gen(function*() {
    const setup = Option.isNone(config) ? undefined : yield* Setup.make({ path: config.value, reload })
    return DingTalkConsole.layerWith(
      { port, showText, onServed: (url) => Stderr.line(`console: ${url}`) },
      { hintOf, setup }
    ).pipe(
      Layer.catchAll(({ message }) => Layer.fail(new UsageError({ problem: `--console-port: ${message}` })))
    )
  }))
