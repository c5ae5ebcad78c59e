/** What faults are done to. */
import type { Channel } from "../../src/DingTalkChannel.ts"
import type { StreamTimingValues } from "../../src/stream/StreamTiming.ts"
import type { Fake } from "../../src/testing/FakeDingTalk.ts"
import type { Impostor } from "../support/tls/tls.ts"
import type { Injector } from "./Injector.ts"

export interface World {
  readonly fake: Fake
  readonly injector: Injector
  readonly impostor: Impostor
  readonly channel: Channel
  readonly timing: StreamTimingValues
  /** How many times faster than life everything goes. */
  readonly scale: number
  /** The ids of messages that were handled of late. */
  readonly handledOfLate: () => ReadonlyArray<string>
}
