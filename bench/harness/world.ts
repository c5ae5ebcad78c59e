/** A fake gateway and the clients that are connected to it, each a process of its own. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ClientCommands, ClientSpec, GatewayCommands } from "../protocol.ts"
import { type Process, type ProcessFailed, spawn } from "./Process.ts"

/** A client as a scenario wants it. */
export interface Kind {
  /** As the table shows it. */
  readonly name: string
  readonly entry: string
  readonly spec?: Partial<ClientSpec>
  readonly nodeOptions?: ReadonlyArray<string>
}

export const sdk: Kind = { name: "official SDK", entry: "clients/officialSdk" }
export const floor: Kind = { name: "ws floor", entry: "clients/floor" }
export const ours: Kind = { name: "effect-dingtalk", entry: "clients/ours" }

export interface Gateway extends Process<GatewayCommands, { readonly url: string }> {}

/** A client that is connected. */
export interface Connected extends Process<ClientCommands> {
  readonly name: string
  readonly group: string
}

export const gateway: Effect.Effect<Gateway, ProcessFailed, Scope.Scope> = spawn<
  GatewayCommands,
  { readonly url: string }
>({
  entry: "gateway/main",
  spec: null
})

/** Starts a client and waits until all of its accounts are connected. */
export const connect = (
  gateway: Gateway,
  { entry, name, nodeOptions, spec }: Kind
): Effect.Effect<Connected, ProcessFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const group = name.replaceAll(/\W+/g, "-")
    const full: ClientSpec = {
      accounts: 1,
      work: { _tag: "Nothing" },
      ordering: "unordered",
      tracing: "default",
      keepAlive: false,
      ...spec,
      group,
      gatewayUrl: gateway.hello.url
    }
    const process = yield* spawn<ClientCommands>({ entry, nodeOptions, spec: full })
    yield* gateway.call("connected", { group, count: full.accounts })
    return { ...process, name, group }
  })
