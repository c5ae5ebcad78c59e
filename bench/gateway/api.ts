/**
 * The process of the fake robot API. It reads no more of HTTP than it must, so that it is never slower than those who
 * call: a request has a `content-length`, and its answer depends on its path alone.
 */
import * as Net from "node:net"
import { serve } from "../harness/child.ts"
import { addressOf } from "./connections.ts"

const answer = (body: object): Buffer => {
  const json = Buffer.from(JSON.stringify(body))
  return Buffer.concat([
    Buffer.from(
      "HTTP/1.1 200 OK\r\ncontent-type: application/json;charset=utf-8\r\n" +
        "x-acs-dingtalk-request-id: 5A2C1D1E-0F5B-7B4E-9C0B-3E6A9C1D2F10\r\n" +
        `connection: keep-alive\r\ncontent-length: ${json.length}\r\n\r\n`
    ),
    json
  ])
}

const token = answer({ accessToken: "0f5b7b4e9c0b3e6a9c1d2f10a2c1d1e0", expireIn: 7_200 })

const sent = answer({
  processQueryKey: "yDHkjFEBzcCAT9kxGKMkZ4Bn3Rb0dtNm6bFqFn8m2Ag=",
  invalidStaffIdList: [],
  flowControlledStaffIdList: []
})

const headEnd = "\r\n\r\n"

/** Takes chunks, and calls back with the path of each whole request. */
const requests = (onRequest: (path: string) => void): (chunk: Buffer) => void => {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      const end = rest.indexOf(headEnd)
      if (end < 0) return
      const head = rest.toString("latin1", 0, end)
      const whole = end + headEnd.length + Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0)
      if (rest.length < whole) return
      onRequest(head.slice(head.indexOf(" ") + 1, head.indexOf(" HTTP/")))
      rest = rest.subarray(whole)
    }
  }
}

const server = Net.createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => {})
  socket.on("data", requests((path) => socket.write(path.endsWith("/accessToken") ? token : sent)))
})

server.listen(0, "127.0.0.1", () => {
  serve({}, { url: `http://127.0.0.1:${addressOf(server).port}` })
})
