/**
 * What is true of an account, and what is said of it: one that is about to be started is not said to be stopped. Pure.
 *
 * @since 0.1.0
 */
import { AccountStatus, StopReason } from "./AccountStatus.ts"

/**
 * How an account stands.
 *
 * @since 0.1.0
 * @category models
 */
export interface Standing {
  readonly status: AccountStatus
  /** How many commands are under way that will start it. */
  readonly starts: number
  /** Since when there is such a command, in milliseconds since 1970. */
  readonly startsSince: number
}

/**
 * An account that never ran.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fresh = (now: number): Standing => ({
  status: AccountStatus.Stopped({ since: now, reason: StopReason.ByRequest() }),
  starts: 0,
  startsSince: 0
})

/**
 * Whether nothing of it runs, whatever is said of it.
 *
 * @since 0.1.0
 * @category guards
 */
export const isDown = ({ status }: Standing): boolean => status._tag === "Stopped"

/**
 * What is said of it.
 *
 * @since 0.1.0
 * @category decisions
 */
export const statusOf = ({ starts, startsSince, status }: Standing): AccountStatus =>
  status._tag === "Stopped" && starts > 0
    ? AccountStatus.Connecting({ since: Math.max(status.since, startsSince) })
    : status

/**
 * It stands like this now.
 *
 * @since 0.1.0
 * @category transitions
 */
export const become = (status: AccountStatus) => (standing: Standing): Standing => ({ ...standing, status })

/**
 * Its run has come to this; one that is being stopped, or is stopped, has nothing to say any more.
 *
 * @since 0.1.0
 * @category transitions
 */
export const advance = (status: AccountStatus) => (standing: Standing): Standing =>
  standing.status._tag === "Stopping" || isDown(standing) ? standing : { ...standing, status }

/**
 * A command that will start it is under way.
 *
 * @since 0.1.0
 * @category transitions
 */
export const expectStart = (now: number) => (standing: Standing): Standing => ({
  ...standing,
  starts: standing.starts + 1,
  startsSince: standing.starts === 0 ? now : standing.startsSince
})

/**
 * The program ends: no start will come any more, whatever was asked.
 *
 * @since 0.1.0
 * @category transitions
 */
export const giveUpStarts = (standing: Standing): Standing => ({ ...standing, starts: Number.NEGATIVE_INFINITY })

/**
 * Such a command is done, or was given up.
 *
 * @since 0.1.0
 * @category transitions
 */
export const startDone = (standing: Standing): Standing => ({ ...standing, starts: standing.starts - 1 })
