/** What the three clients of the stream have in common, and nothing more than that. */
import { createHook, executionAsyncResource } from "node:async_hooks"
import { processCommands, serve } from "../harness/child.ts"
import type { ClientCommands, ClientSpec, Tally, Work } from "../protocol.ts"

/** A client that is connected. */
export interface Client {
  readonly tally: () => Tally | Promise<Tally>
  /** Adds accounts, up to this number. */
  readonly grow: (accounts: number) => Promise<void>
}

/** The client ids of the accounts from `first` to `last`: the gateway tells by them whose a connection is. */
export const clientIds = (group: string, first: number, last: number): ReadonlyArray<string> =>
  Array.from({ length: last - first + 1 }, (_, index) => `${group}-${first + index}`)

/** Spins for so many milliseconds. */
export const burn = (ms: number): void => {
  const end = performance.now() + ms
  while (performance.now() < end) { /* that is the work */ }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Counts what is handled. */
export interface Counter {
  readonly count: () => number
  readonly countId: (msgId: string) => void
  readonly handled: () => number
  readonly handledTwice: () => number
}

export const counter = (): Counter => {
  const ids = new Set<string>()
  let handled = 0
  return {
    count: () => handled += 1,
    countId: (msgId) => {
      handled += 1
      ids.add(msgId)
    },
    handled: () => handled,
    handledTwice: () => ids.size === 0 ? 0 : handled - ids.size
  }
}

/** Whether the message of this number is one of those that burn. */
export const burns = (work: Extract<Work, { readonly _tag: "Burn" }>, number: number): boolean =>
  number % work.every === 0

const timerWakeUps = async (durationMs: number): Promise<number> => {
  const moments = new Set<number>()
  const hook = createHook({
    before: () => {
      if (executionAsyncResource().constructor.name === "Timeout") moments.add(Math.floor(performance.now()))
    }
  })
  hook.enable()
  await sleep(durationMs)
  hook.disable()
  // One of them was the end of the wait.
  return moments.size - 1
}

/** Connects a client and obeys the process that measures. */
export const run = async (spec: ClientSpec, connect: (spec: ClientSpec) => Promise<Client>): Promise<void> => {
  const client = await connect(spec)
  serve<ClientCommands>({
    ...processCommands,
    tally: () => client.tally(),
    grow: async ({ accounts }) => {
      await client.grow(accounts)
      return null
    },
    timerWakeUps: ({ durationMs }) => timerWakeUps(durationMs)
  })
}

/** A client of one socket an account that drops nothing and keeps no counters of its own. */
export const plain = async (
  spec: ClientSpec,
  open: (spec: ClientSpec, clientId: string, handled: Counter) => Promise<unknown>
): Promise<Client> => {
  const handled = counter()
  const grow = async (from: number, to: number) => {
    await Promise.all(clientIds(spec.group, from, to).map((id) => open(spec, id, handled)))
  }
  await grow(1, spec.accounts)
  return {
    grow: (accounts) => grow(spec.accounts + 1, accounts),
    tally: () => ({
      handled: handled.handled(),
      handledTwice: handled.handledTwice(),
      dropped: 0,
      counted: undefined
    })
  }
}
