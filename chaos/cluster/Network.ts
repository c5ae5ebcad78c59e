/** Two namespaces with a network of three cables each: to DingTalk, to the database, and to each other. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { execFileSync } from "node:child_process"
import type { Server } from "node:net"
import { type Address, forward } from "./forward.ts"

/** What a runner is cut off from. */
export type Cable = "dingTalk" | "database" | "peer"

/** Where a runner lives. */
export interface Place {
  readonly namespace: string
  /** Its address on the cable to the other one. */
  readonly host: string
  /** What it has to forward, for the loopback in a namespace is another one. */
  readonly forwards: ReadonlyArray<Address>
  readonly cut: (cable: Cable) => Effect.Effect<void>
  readonly mend: (cable: Cable) => Effect.Effect<void>
}

const ip = (...args: ReadonlyArray<string>) => execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] })

/** Why there can be no namespaces here; `undefined` where there can. */
export const missing = (): string | undefined => {
  const probe = `probe-${process.pid}`
  try {
    ip("netns", "add", probe)
    ip("netns", "del", probe)
    return undefined
  } catch (error) {
    return `no network namespaces here: ${error instanceof Error ? error.message.split("\n").at(-2) : String(error)}`
  }
}

const forwarding = (from: Address, port: number) =>
  Effect.acquireRelease(
    Effect.async<Server>((resume) => {
      const server = forward(from, { host: "127.0.0.1", port }, () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close())
  )

interface Ports {
  readonly dingTalk: number
  readonly database: number
}

/** Of the range that is for trying out networks. */
const address = (net: number, host: number) => `198.18.${net}.${host}`

const names = ["a", "b"] as const

const place = (index: 0 | 1, ports: Ports) =>
  Effect.gen(function*() {
    const name = names[index]
    const namespace = `dingtalk-${process.pid}-${name}`
    const interfaces: Record<Cable, string> = {
      dingTalk: `d${process.pid}${name}`,
      database: `s${process.pid}${name}`,
      peer: `p${process.pid}${name}`
    }
    const inside = (...args: ReadonlyArray<string>) => ip("-n", namespace, ...args)
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        ip("netns", "add", namespace)
        inside("link", "set", "lo", "up")
        for (const [cable, net] of [["dingTalk", 10 + index], ["database", 20 + index]] as const) {
          const outer = interfaces[cable]
          ip("link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", namespace)
          ip("addr", "add", `${address(net, 1)}/30`, "dev", outer)
          ip("link", "set", outer, "up")
          inside("link", "set", "eth0", "name", cable)
          inside("addr", "add", `${address(net, 2)}/30`, "dev", cable)
          inside("link", "set", cable, "up")
        }
      }),
      () => Effect.sync(() => ip("netns", "del", namespace))
    )
    yield* forwarding({ host: address(10 + index, 1), port: ports.dingTalk }, ports.dingTalk)
    yield* forwarding({ host: address(20 + index, 1), port: ports.database }, ports.database)
    const set = (state: "up" | "down") => (cable: Cable) =>
      Effect.sync(() =>
        // The far end goes down, so that what is sent vanishes and nobody is told.
        cable === "peer" ? inside("link", "set", "peer", state) : ip("link", "set", interfaces[cable], state)
      )
    const made: Place = {
      namespace,
      host: address(30, 1 + index),
      forwards: [
        { port: ports.dingTalk, host: address(10 + index, 1) },
        { port: ports.database, host: address(20 + index, 1) }
      ],
      cut: set("down"),
      mend: set("up")
    }
    return made
  })

/** The two, for the life of the scope. */
export const make = (ports: Ports): Effect.Effect<readonly [Place, Place], never, Scope.Scope> =>
  Effect.gen(function*() {
    const [one, other] = [yield* place(0, ports), yield* place(1, ports)]
    yield* Effect.sync(() => {
      ip("-n", one.namespace, "link", "add", "peer", "type", "veth", "peer", "name", "peer", "netns", other.namespace)
      for (const { host, namespace } of [one, other]) {
        ip("-n", namespace, "addr", "add", `${host}/30`, "dev", "peer")
        ip("-n", namespace, "link", "set", "peer", "up")
      }
    })
    return [one, other] as const
  })
