/** Places that histories must come by, or the proof proves little. */
import type { AccountId } from "./history.ts"
import { fateNames, type Model } from "./model/state.ts"

/** Every place; what a model comes by is found by {@link landmarks}. */
export const all: ReadonlyArray<string> = [
  ...fateNames,
  "Connecting",
  "Connected",
  "BackingOff for throttled",
  "BackingOff for serverError",
  "BackingOff for badAnswer",
  "BackingOff for rejected",
  "BackingOff for timeout",
  "BackingOff for network",
  "BackingOff for handshakeRefused",
  "BackingOff for connectionClosed",
  "BackingOff for protocol",
  "BackingOff for heartbeatLost",
  "BackingOff for StreamStall",
  "Stopping",
  "Stopped ByRequest",
  "Stopped PermanentAuth",
  "Stopped StreamStall",
  "Stopped ByDefect",
  "draining",
  "closing",
  "reviving",
  "cooling",
  "four strikes",
  "the longest wait",
  "a hand-over",
  "two connections behind their notice",
  "a connection that lingered too long",
  "a connection displaced by younger ones",
  "an opening in a connection's last moments",
  "a command behind another",
  "a reload behind another",
  "two accounts connected"
]

/** Where a model stands. */
export const landmarks = (m: Model): ReadonlyArray<string> => {
  const found: Array<string> = []
  const ids: ReadonlyArray<AccountId> = ["a", "b"]
  for (const id of ids) {
    for (const fate of fateNames) if (m.counted[id].fates[fate] > 0) found.push(fate)
    const account = m.accounts.get(id)
    if (account === undefined) continue
    found.push(account.status.replace(/ (since|until) -?\d+/, ""))
    if (account.commands.length > 1) found.push("a command behind another")
    const { run } = account
    if (run === undefined) continue
    if (run.ending !== undefined) found.push(run.ending.stage)
    found.push(run.loop)
    if (run.strikes === 4) found.push("four strikes")
    if (run.attempt >= 5) found.push("the longest wait")
    const lingering = m.sockets.filter(({ account, session }) => account === id && session === "lingering")
    if (lingering.length > 0 && run.loop === "serving") found.push("a hand-over")
    if (lingering.length > 1) found.push("two connections behind their notice")
    if (lingering.length > 0 && run.loop === "opening") found.push("an opening in a connection's last moments")
    if (m.sockets.some(({ displaced }) => displaced)) found.push("a connection displaced by younger ones")
    if (m.sockets.some(({ session }) => session === "leaving")) found.push("a connection that lingered too long")
  }
  if (m.reloads.length > 1) found.push("a reload behind another")
  if (ids.every((id) => m.accounts.get(id)?.status.startsWith("Connected") === true)) {
    found.push("two accounts connected")
  }
  return found
}
