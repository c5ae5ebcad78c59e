/**
 * Every event name that this library logs, once: one name per fact, stable, to be searched and alerted on. Each record
 * carries `module`, the `account` if it is about one, and what the fact needs as annotations. `error` is the name of an error,
 * `reason` says why, and `hint` what a person can do.
 *
 * @since 0.1.0
 * @category constants
 */
export const logEvents = {
  /** INFO. An account begins. */
  starting: "dingtalk.stream.starting",
  /** INFO. The WebSocket upgrade succeeded: messages arrive from now on. */
  connected: "dingtalk.stream.connected",
  /** INFO. DingTalk announced the end of a connection; a replacement is opened while the old one is served. */
  notice: "dingtalk.stream.disconnect_notice",
  /** INFO for an expected end, WARN otherwise. A connection ended; `reason` says why. */
  disconnected: "dingtalk.stream.disconnected",
  /** WARN. The next try comes in `delayMs`; where a person has to do something, `hint` says what. */
  backingOff: "dingtalk.stream.backing_off",
  /** WARN. A short, silent session; `strikes` in a row. */
  strike: "dingtalk.stream.strike",
  /** At the level of `event`: of this event there were `count` more records than are shown within `intervalMs`. */
  summary: "dingtalk.stream.summary",
  /** ERROR. Too many strikes: the account stops, or waits for its cool-down. `error` is the error's tag. */
  stalled: "dingtalk.stream.stalled",
  /** ERROR. DingTalk refuses the account for good: it stops. `error` is the error's tag. */
  authFailed: "dingtalk.stream.auth_failed",
  /** INFO. The account is stopped, by request. */
  stopped: "dingtalk.stream.stopped",
  /** WARN, every hour. The account is stopped `since` then, for `error`, and nothing but a person starts it again. */
  stillStopped: "dingtalk.stream.still_stopped",
  /** ERROR. The account's runner died of a defect; `error` is its name. */
  died: "dingtalk.stream.died",
  /** WARN. A frame that is not of the protocol; once per kind and connection. */
  oddFrame: "dingtalk.frame.odd",
  /** WARN. A frame of a topic nobody here handles; once per topic. */
  unknownTopic: "dingtalk.frame.unknown_topic",
  /** DEBUG. A delivery is about to be handled: its ids, the `sender` of a message, at TRACE the `text`, too. */
  received: "dingtalk.delivery.received",
  /** DEBUG. A delivery's `outcome` is `handled`, `failed` or `duplicate`, after `durationMs`. */
  handled: "dingtalk.delivery.handled",
  /** DEBUG for each, INFO in summary. A message reaches no handler; `reason` says why the gate refused it. */
  refused: "dingtalk.gate.refused",
  /** DEBUG. Something was sent, or not: `operation`, `to`, `messages`, `outcome`, `durationMs`; at TRACE the `text`. */
  sent: "dingtalk.send.done",
  /** WARN. Deliveries were dropped because the queue is full; summarised, `count` since the last record. */
  dropped: "dingtalk.dispatch.dropped",
  /** WARN. At a stop, deliveries were given up at the end of the drain bound. */
  abandoned: "dingtalk.dispatch.abandoned",
  /** WARN. The data of a delivery could not be read; summarised. */
  undecodable: "dingtalk.message.undecodable",
  /** ERROR. A handler failed, died or timed out; summarised. */
  handlerFailed: "dingtalk.handler.failed",
  /** INFO. A handler was interrupted by `DingTalkChannel.interrupt`. */
  interrupted: "dingtalk.handler.interrupted",
  /** WARN. Messages were too old when they arrived (`staleAfterMs`), and were not handled; summarised. */
  stale: "dingtalk.delivery.stale",
  /** WARN. A handler kept the event loop to itself for `blockedMs`; at most one record every ten seconds. */
  handlerBlocked: "dingtalk.handler.blocked",
  /** ERROR. The inbox can't be written: nothing is acknowledged until it can. `reason` says why. */
  inboxDown: "dingtalk.inbox.down",
  /** INFO. The inbox can be written again, after `downMs`. */
  inboxUp: "dingtalk.inbox.up",
  /** INFO. This process handles what waits in the inbox from now on: `waiting`, `dead`. */
  inboxOwned: "dingtalk.inbox.owned",
  /** INFO. Another process handles what waits in the inbox; what arrives here is kept for it. */
  inboxShared: "dingtalk.inbox.shared",
  /** WARN. Another process has taken over the inbox, for this one did not renew its lease in time. */
  inboxLost: "dingtalk.inbox.lost",
  /**
   * WARN. Of the account, `waiting` messages stand in the tables of a cluster, which this process does not handle; `hint` says
   * what to do.
   */
  inboxClustered: "dingtalk.inbox.clustered",
  /** WARN. The inbox is full, or down for too long: deliveries were not kept, and not acknowledged; summarised. */
  inboxRefused: "dingtalk.inbox.refused",
  /** INFO. Of a conversation in a cluster, something was read from the database and never came: it is read again. */
  inboxReadAgain: "dingtalk.inbox.read_again",
  /** ERROR. A delivery is not tried any more; `cause` says what its last attempt ended with. */
  deadLetter: "dingtalk.inbox.dead_letter",
  /** INFO. A card that a crash had left open shows its end: `outTrackId`. */
  cardSettled: "dingtalk.card.settled",
  /**
   * WARN. A card that a crash had left open can't be made to show its end: `outTrackId`, and `reason` says why. In a cluster,
   * `conversationId` says of which; without `outTrackId`, the database did not say which cards there are.
   */
  cardStuck: "dingtalk.card.stuck",
  /** WARN. What processes share can't be reached: each limits itself alone until it can. `reason` says why. */
  sharingLost: "dingtalk.sharing.lost",
  /** INFO. What processes share can be reached again, after `lostMs`. */
  sharingFound: "dingtalk.sharing.found",
  /** WARN. The cluster's database did not let go of what is past; it is tried again. `reason` says why. */
  sweepFailed: "dingtalk.cluster.sweep_failed",
  /** WARN. Something about the configuration deserves a look. */
  configWarning: "dingtalk.config.warning",
  /** WARN. A memory per conversation, where messages of one conversation are handled side by side. */
  memoryUnordered: "dingtalk.memory.unordered",
  /** INFO. The configuration was replaced. */
  reloaded: "dingtalk.config.reloaded"
} as const
