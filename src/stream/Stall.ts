/**
 * The rule that tells a stalled account from an unlucky one (behaviour cases H01 and H02). Pure.
 *
 * @since 0.1.0
 */

/**
 * How a session ended.
 *
 * @since 0.1.0
 * @category models
 */
export interface SessionEnd {
  /**
   * Who ended it: a `fault` is a failure of ours or of the network, and what never came up; `displaced` is one that we
   * ended behind its notice for younger ones.
   */
  readonly by: "server" | "fault" | "displaced"
  /** From ready to end, in milliseconds. */
  readonly durationMs: number
  /** Deliveries that arrived, counted before back-pressure. */
  readonly deliveries: number
}

/**
 * Whether a session counts as a strike: ended by the server, shorter than `healthyMs`, not one delivery.
 *
 * @since 0.1.0
 * @category decisions
 */
export const isStrike = (end: SessionEnd, healthyMs: number): boolean =>
  end.by === "server" && end.durationMs < healthyMs && end.deliveries === 0

/**
 * The strikes in a row after a session. Anything but a strike resets the count, so that passing failures can't
 * accumulate; but a silent one that was displaced says nothing either way.
 *
 * @since 0.1.0
 * @category decisions
 */
export const next = (strikes: number, end: SessionEnd, healthyMs: number): number =>
  isStrike(end, healthyMs) ? strikes + 1 : end.by === "displaced" && end.deliveries === 0 ? strikes : 0
