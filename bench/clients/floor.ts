/**
 * The floor: what any client on `ws` has to do. It parses the envelope and the data, and acknowledges; the answers to
 * one read of the socket leave in one write. No redelivery memory, no gate, no bound, no reconnecting.
 */
import type { Socket } from "node:net"
import { WebSocket } from "ws"
import { spec } from "../harness/child.ts"
import type { ClientSpec, Work } from "../protocol.ts"
import { burn, burns, type Counter, plain, run, sleep } from "./client.ts"
import { openingCall } from "./opening.ts"

interface Envelope {
  readonly type: string
  readonly headers: { readonly messageId: string }
  readonly data: string
}

const handle = (work: Work, handled: Counter, data: { readonly msgId: string }): void => {
  if (work._tag === "Remember") return handled.countId(data.msgId)
  const number = handled.count()
  if (work._tag === "Burn" && burns(work, number)) burn(work.ms)
  else if (work._tag === "Sleep") void sleep(work.ms)
}

const open = async ({ gatewayUrl, work }: ClientSpec, clientId: string, handled: Counter): Promise<void> => {
  const socket = new WebSocket(await openingCall(gatewayUrl, clientId), { perMessageDeflate: false })
  let tcp: Socket | undefined
  let corked = false
  const uncork = () => {
    corked = false
    tcp?.uncork()
  }
  socket.on("upgrade", (response) => {
    tcp = response.socket
  })
  socket.on("message", (bytes) => {
    const { data, headers, type }: Envelope = JSON.parse(String(bytes))
    const message: { readonly msgId: string } = JSON.parse(data)
    if (!corked) {
      corked = true
      tcp?.cork()
      process.nextTick(uncork)
    }
    const answer = type === "SYSTEM" ? JSON.stringify(data) : "\"{\\\"response\\\":null}\""
    socket.send(
      `{"code":200,"headers":{"contentType":"application/json","messageId":"${headers.messageId}"},"message":"OK","data":${answer}}`
    )
    if (type === "CALLBACK") handle(work, handled, message)
  })
  await new Promise((resolve, reject) => {
    socket.once("open", resolve)
    socket.once("error", reject)
  })
}

await run(spec(), (spec) => plain(spec, open))
