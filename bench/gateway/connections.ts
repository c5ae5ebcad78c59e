/** The opening call and the sockets of the fake gateway. */
import { createHash, randomUUID } from "node:crypto"
import * as Http from "node:http"
import type { Duplex } from "node:stream"
import { reader } from "./clientFrames.ts"
import { numberIn, serverFrame } from "./frames.ts"

/** A client's socket. */
export interface Connection {
  readonly group: string
  /** Milliseconds since 1970. */
  readonly openedAt: number
  /** Writes whole frames. False when the socket's buffer is full. */
  readonly write: (frames: Buffer) => boolean
  readonly onceDrained: (go: () => void) => void
  /** Ends it the way a WebSocket server does. */
  readonly close: () => void
}

/** Who wants to know what happens on the sockets. */
export interface Observer {
  readonly onAck: (number: number) => void
  /** An answer to something that is not a numbered frame. */
  readonly onAnswer: () => void
  readonly onOpen: (connection: Connection) => void
  readonly onClosed: (connection: Connection) => void
}

export interface Gateway {
  readonly url: string
  /** Open connections of a client, oldest first. */
  readonly of: (group: string) => ReadonlyArray<Connection>
  /** Has everything reported to this observer, until the next one comes. */
  readonly observe: (observer: Observer) => void
  /** From the request for a ticket until the connection is up, in milliseconds. */
  readonly setOpeningMs: (ms: number) => void
}

export const noObserver: Observer = { onAck: () => {}, onAnswer: () => {}, onOpen: () => {}, onClosed: () => {} }

const acceptKey = (key: string): string =>
  createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64")

/** A client id is the name of the client and the number of the account. */
const groupOf = (clientId: string): string => clientId.replace(/-\d+$/, "")

const clientIdOf = (body: string): string => {
  const { clientId }: { readonly clientId: string } = JSON.parse(body)
  return clientId
}

const later = (ms: number, go: () => void): void => {
  if (ms <= 0) go()
  else setTimeout(go, ms)
}

/** Listens on loopback, on any free port. */
export const listen = (): Promise<Gateway> => {
  const groups = new Map<string, ReadonlyArray<Connection>>()
  let observer = noObserver
  let openingMs = 0

  const attach = (group: string, socket: Duplex): void => {
    const gone = () => {
      const open = groups.get(group) ?? []
      if (!open.includes(connection)) return
      groups.set(group, open.filter((it) => it !== connection))
      observer.onClosed(connection)
    }
    const connection: Connection = {
      group,
      openedAt: performance.timeOrigin + performance.now(),
      write: (frames) => socket.write(frames),
      onceDrained: (go) => {
        socket.once("drain", go)
      },
      close: () => {
        gone()
        socket.end(serverFrame("close", Buffer.from([0x03, 0xe8])))
      }
    }
    const read = reader((opcode, payload) => {
      if (opcode === "text") {
        const number = numberIn(payload)
        if (number < 0) observer.onAnswer()
        else observer.onAck(number)
      } else if (opcode === "ping") socket.write(serverFrame("pong", payload))
      else if (opcode === "close") socket.end(serverFrame("close", payload))
    })
    socket.on("data", read)
    socket.on("error", () => {})
    socket.once("close", gone)
    groups.set(group, [...(groups.get(group) ?? []), connection])
    observer.onOpen(connection)
  }

  const server = Http.createServer({ keepAliveTimeout: 1_000 }, (request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.once("end", () => {
      const clientId = clientIdOf(Buffer.concat(chunks).toString())
      const { port } = addressOf(server)
      later(openingMs / 2, () => {
        response.setHeader("content-type", "application/json")
        response.end(JSON.stringify({
          endpoint: `ws://127.0.0.1:${port}/connect`,
          ticket: `${clientId}.${randomUUID()}`
        }))
      })
    })
  })
  server.on("upgrade", (request, socket) => {
    const ticket = new URL(request.url ?? "", "ws://127.0.0.1").searchParams.get("ticket") ?? ""
    socket.on("error", () => {})
    later(openingMs / 2, () => {
      socket.write([
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        `Sec-WebSocket-Accept: ${acceptKey(request.headers["sec-websocket-key"] ?? "")}`,
        "\r\n"
      ].join("\r\n"))
      if ("setNoDelay" in socket && typeof socket.setNoDelay === "function") socket.setNoDelay(true)
      attach(groupOf(ticket.slice(0, ticket.indexOf("."))), socket)
    })
  })

  return new Promise((resolve) => {
    server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 }, () => {
      resolve({
        url: `http://127.0.0.1:${addressOf(server).port}`,
        of: (group) => groups.get(group) ?? [],
        observe: (next) => {
          observer = next
        },
        setOpeningMs: (ms) => {
          openingMs = ms
        }
      })
    })
  })
}

/** The address of a server that listens on TCP. */
export const addressOf = (server: { readonly address: () => unknown }): { readonly port: number } => {
  const address = server.address()
  const port = typeof address === "object" && address !== null && "port" in address ? address.port : undefined
  if (typeof port !== "number") throw new Error("the server does not listen")
  return { port }
}
