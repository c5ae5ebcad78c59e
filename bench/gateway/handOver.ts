/**
 * Notices under load. What is due goes to the newest connection, so to the old one until the next is up: a server that
 * stopped delivering at its notice would leave every client deaf for its opening time, whatever it does.
 */
import type { GatewayCommands, HandOverReport } from "../protocol.ts"
import { type Gateway, noObserver } from "./connections.ts"
import { systemFrame, template } from "./frames.ts"
import * as Ledger from "./ledger.ts"

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Longest wait for a client that does not come back, in milliseconds. */
const giveUpMs = 15_000

export const handOver = async (
  gateway: Gateway,
  options: GatewayCommands["handOver"]["input"]
): Promise<HandOverReport> => {
  const { conversations, graceMs, group, notices, openingMs, perSecond, restMs, script } = options
  const { frames } = template(script)
  // Room for the slowest client: one that takes all of `giveUpMs` for each notice.
  const ledger = Ledger.make(Math.ceil(notices * (graceMs + restMs + giveUpMs) / 1_000 * perSecond))
  let due = 0
  let deafMs = 0
  let deafSince: number | undefined
  let running = true

  gateway.setOpeningMs(openingMs)
  gateway.observe({
    ...noObserver,
    onAck: ledger.acked,
    onOpen: () => {
      if (deafSince !== undefined) deafMs += performance.now() - deafSince
      deafSince = undefined
    },
    onClosed: () => {
      if (gateway.of(group).length === 0) deafSince ??= performance.now()
    }
  })

  const startedAt = performance.now()
  const tick = () => {
    const some = Math.floor((performance.now() - startedAt) * perSecond / 1_000) - due
    const connection = gateway.of(group).at(-1)
    due += some
    if (connection !== undefined && some > 0) {
      const bytes = frames(ledger.next(), some, conversations)
      ledger.sent(some)
      connection.write(bytes)
    }
    if (running) setTimeout(tick, 1)
  }
  tick()

  for (let notice = 0; notice < notices; notice++) {
    await sleep(restMs)
    const old = gateway.of(group).at(-1)
    if (old === undefined) break
    old.write(systemFrame("disconnect", `c0a815dd${notice}`, { reason: "persistent connection is timeout" }))
    await sleep(graceMs)
    old.close()
    const since = performance.now()
    while (performance.now() - since < giveUpMs && gateway.of(group).every((it) => it === old)) await sleep(1)
  }
  await sleep(restMs)
  running = false
  await sleep(500)
  gateway.setOpeningMs(0)
  if (deafSince !== undefined) deafMs += performance.now() - deafSince
  return { due, lost: due - ledger.ackedCount(), deafMs, notices }
}
