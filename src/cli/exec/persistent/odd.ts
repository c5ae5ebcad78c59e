/**
 * How much is made of lines that are no commands, so that a program that prints what it reads does not go round in
 * circles. Pure.
 *
 * @since 0.1.0
 */
import type { Id } from "./Command.ts"

/**
 * Whether the `count`-th of them is worth a word: each of the first, then the tenth, the hundredth.
 *
 * @since 0.1.0
 * @category decisions
 */
export const isTold = (count: number): boolean => count <= 3 || Number.isInteger(Math.log10(count))

/**
 * Whether the program is told of the `inARow`-th of them since its last command: of one with an id always, since it may
 * wait for that; of others the first three, or it would answer each error by another.
 *
 * @since 0.1.0
 * @category decisions
 */
export const isAnswered = (id: Id | undefined, inARow: number): boolean => id !== undefined || inARow <= 3

/**
 * How long the next line waits to be read, in milliseconds. Whoever prints nothing else is read at a walking pace.
 *
 * @since 0.1.0
 * @category decisions
 */
export const pauseMs = (inARow: number): number => (inARow <= 100 ? 0 : 10)
