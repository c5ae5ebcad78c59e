/** What the three clients of the API have in common. */
import { processCommands, serve, spec } from "../../harness/child.ts"
import type { CallerCommands, CallerSpec } from "../../protocol.ts"

export const account = { clientId: "dingbenchmark", clientSecret: "s3cr3t" }

/** A staff id. */
export const recipient = "manager4220"

export const sendPath = "/v1.0/robot/oToMessages/batchSend"

export const tokenHeader = "x-acs-dingtalk-access-token"

/** The body of a message to a person, as the API wants it. */
export const body = (text: string) => ({
  robotCode: account.clientId,
  userIds: [recipient],
  msgKey: "sampleMarkdown",
  msgParam: JSON.stringify({ title: text.slice(0, 20), text })
})

/** Throws unless the answer proves that the message was taken. */
export const prove = (answer: { readonly processQueryKey?: string }): void => {
  if (answer.processQueryKey === undefined) throw new Error("the message was not taken")
}

/** Calls so many times, some at once. */
export const repeat = (call: () => Promise<void>) => async (count: number, concurrency: number): Promise<void> => {
  let started = 0
  const caller = async () => {
    while (started < count) {
      started += 1
      await call()
    }
  }
  await Promise.all(Array.from({ length: concurrency }, caller))
}

/** Serves bursts; the client says how one is made. */
export const run = (
  make: (spec: CallerSpec) => (count: number, concurrency: number) => Promise<void>
): void => {
  const burst = make(spec<CallerSpec>())
  serve<CallerCommands>({
    ...processCommands,
    burst: async ({ concurrency, count }) => {
      const startedAt = performance.now()
      await burst(count, concurrency)
      return { wallMs: performance.now() - startedAt }
    }
  })
}
