import { Effect } from "effect"
import { DingTalkSender, Scheduler } from "effect-dingtalk"

// A digest can wait: whatever else this account says meanwhile goes out before it.
export const digest = (people: ReadonlyArray<string>, text: string) =>
  Effect.forEach(people, (userId) => DingTalkSender.send({ to: `user:${userId}`, text }), { concurrency: 10 }).pipe(
    Effect.provideService(Scheduler.CallPriority, "bulk")
  )
