/** The process of the fake gateway. */
import { serve } from "../harness/child.ts"
import type { GatewayCommands } from "../protocol.ts"
import { listen } from "./connections.ts"
import { handOver } from "./handOver.ts"
import * as Runs from "./runs.ts"

const pollMs = 2

const gateway = await listen()

serve<GatewayCommands>({
  connected: ({ count, group }) =>
    new Promise((resolve) => {
      const look = () => {
        const open = gateway.of(group)
        if (open.length >= count) resolve(Math.max(...open.map(({ openedAt }) => openedAt)))
        else setTimeout(look, pollMs)
      }
      look()
    }),
  window: (input) => Runs.window(gateway, input),
  paced: (input) => Runs.paced(gateway, input),
  flood: (input) => Runs.flood(gateway, input),
  handOver: (input) => handOver(gateway, input),
  keepAlive: (input) => Runs.keepAlive(gateway, input)
}, { url: gateway.url })
