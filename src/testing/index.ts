/**
 * A fake DingTalk, for tests and for trying a robot out without an account.
 *
 * @since 0.1.0
 */

/**
 * What people can send to a robot, by `msgtype`.
 *
 * @since 0.1.0
 */
export * as Bodies from "./Bodies.ts"

/**
 * The fake itself.
 *
 * @since 0.1.0
 */
export * as FakeDingTalk from "./FakeDingTalk.ts"

/**
 * What the fake can be told when it is made.
 *
 * @since 0.1.0
 */
export * as Options from "./Options.ts"

/**
 * The payloads and frames that DingTalk sends.
 *
 * @since 0.1.0
 */
export * as Payloads from "./Payloads.ts"

/**
 * What a message can answer to.
 *
 * @since 0.1.0
 */
export * as Quoted from "./Quoted.ts"

/**
 * How something is said to a robot, and what comes of it.
 *
 * @since 0.1.0
 */
export * as Say from "./Say.ts"

/**
 * What the fake can be told to do to its callers.
 *
 * @since 0.1.0
 */
export * as Script from "./Script.ts"

/**
 * What the fake has seen.
 *
 * @since 0.1.0
 */
export * as Seen from "./Seen.ts"

/**
 * DingTalk without sockets, for tests of handlers.
 *
 * @since 0.1.0
 */
export * as TestDingTalk from "./doubles/TestDingTalk.ts"

/**
 * Events, card actions and graph calls as a handler receives them.
 *
 * @since 0.1.0
 */
export * as TestEvent from "./doubles/TestEvent.ts"

/**
 * Messages as a handler receives them.
 *
 * @since 0.1.0
 */
export * as TestMessage from "./doubles/TestMessage.ts"
