/** A port that stands for another one. */
import * as Net from "node:net"

export interface Address {
  readonly host: string
  readonly port: number
}

/** Carries bytes both ways; the end of either connection ends both. */
export const forward = (from: Address, to: Address, onListening: () => void = () => {}): Net.Server =>
  Net.createServer((socket) => {
    const other = Net.connect(to.port, to.host)
    for (const [one, another] of [[socket, other], [other, socket]] as const) {
      one.setNoDelay(true).pipe(another)
      one.on("error", () => another.destroy())
      one.on("close", () => another.destroy())
    }
  }).listen(from.port, from.host, onListening)
