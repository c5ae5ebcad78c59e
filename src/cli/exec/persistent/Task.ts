/**
 * What comes of a command: a task, or a refusal. Pure.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type * as Command from "./Command.ts"

/**
 * What a command asks for, when it may be carried out.
 *
 * @since 0.1.0
 * @category models
 */
export type Task<Route> = Data.TaggedEnum<{
  /** `ends`: the message is done with it, well or badly. */
  readonly Reply: {
    readonly command: Command.Of<"reply">
    readonly route: Route
    readonly ends: string | undefined
  }
  readonly Send: { readonly command: Command.Of<"send"> }
  /** The delivery is over. */
  readonly End: {
    readonly delivery: string
    readonly command: Command.Of<"done"> | Command.Of<"failed"> | Command.Of<"answer">
  }
  /** It is so already. */
  readonly Nothing: {}
  readonly OpenCard: { readonly command: Command.Of<"card.create">; readonly route: Route | undefined }
  readonly WriteCard: { readonly card: string; readonly append: string }
  readonly CloseCard: {
    readonly card: string
    readonly append: string
    readonly how: "finished" | "failed"
    readonly reason: string | undefined
    readonly ends: string | undefined
  }
  readonly SetCard: { readonly command: Command.Of<"card.set"> }
  readonly React: {
    readonly command: Command.Of<"reaction.add"> | Command.Of<"reaction.remove">
    readonly route: Route
  }
  readonly Recall: { readonly command: Command.Of<"recall"> }
}>

interface TaskDefinition extends Data.TaggedEnum.WithGenerics<1> {
  readonly taggedEnum: Task<this["A"]>
}

/**
 * The constructors and guards of {@link Task}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Task = Data.taggedEnum<TaskDefinition>()

/**
 * Why a command is not carried out.
 *
 * @since 0.1.0
 * @category models
 */
export interface Refusal {
  readonly code:
    | "UnknownDelivery"
    | "WrongKind"
    | "TooLate"
    | "UnknownCard"
    | "CardExists"
    | "TooManyCards"
    | "NotAppended"
    | "CardFull"
  readonly message: string
  readonly hint: string
}
