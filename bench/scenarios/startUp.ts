/** From the start of a process until it is connected, and what an import takes. */
import * as Effect from "effect/Effect"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { bundleSize } from "../harness/bundleSize.ts"
import { interleave, pick } from "../harness/interleave.ts"
import { bundle } from "../harness/Process.ts"
import * as Script from "../harness/script.ts"
import { gateway as startGateway } from "../harness/world.ts"
import { ratios } from "../report/statistics.ts"
import type { Scenario } from "./Scenario.ts"

/** The command line as it is published. */
const bin = fileURLToPath(new URL("../../../dist/bin.js", import.meta.url))

interface Contestant {
  readonly name: string
  readonly script: (gatewayUrl: string, clientId: string) => Script.Script
}

const plain = (name: string, entry: string): Contestant => ({
  name,
  script: (gatewayUrl, clientId) => ({ file: bundle(entry), args: [gatewayUrl, clientId] })
})

const ws = plain("Node and ws", "clients/startUp/ws")
const sdk = plain("official SDK", "clients/startUp/officialSdk")
const listen = (name: string, env: Record<string, string>): Contestant => ({
  name,
  script: (gatewayUrl, clientId) => ({
    file: bin,
    args: ["listen"],
    env: {
      DINGTALK_CLIENT_ID: clientId,
      DINGTALK_CLIENT_SECRET: "s3cr3t",
      DINGTALK_API_BASE_URL: gatewayUrl,
      XDG_CACHE_HOME: fileURLToPath(new URL("../caches", import.meta.url)),
      ...env
    }
  })
})
const ours = listen("effect-dingtalk listen", { NODE_DISABLE_COMPILE_CACHE: "" })
const first = listen("effect-dingtalk listen, the first time", { NODE_DISABLE_COMPILE_CACHE: "1" })

/** Longer than `listen` runs before it keeps what it has compiled, in milliseconds. */
const startedMs = 6_000

const imports = ["ws", "dingtalk-stream", "effect-dingtalk", "effect-dingtalk/node"].map((name) => ({ name }))

const kib = (bytes: number): string => `${(bytes / 1_024).toFixed(0)} KiB`

export const startUp: Scenario = {
  name: "start-up",
  run: ({ quick }) =>
    Effect.scoped(Effect.gen(function*() {
      const gateway = yield* startGateway
      const rounds = quick ? 2 : 9
      const contestants = existsSync(bin) ? [ws, sdk, ours, first] : [ws, sdk]
      let run = 0
      const untilConnected = ({ name, script }: Contestant) =>
        Effect.scoped(Effect.gen(function*() {
          run += 1
          const group = `${name.replaceAll(/\W+/g, "-")}-run${run}`
          const startedAt = yield* Script.start(script(gateway.hello.url, `${group}-1`))
          return (yield* gateway.call("connected", { group, count: 1 })) - startedAt
        }))
      // The first start of each reads its files from the disk, and ours leaves behind what it has compiled.
      yield* interleave(contestants, 1, untilConnected)
      if (existsSync(bin)) {
        yield* Effect.scoped(
          Effect.zipRight(Script.start(ours.script(gateway.hello.url, "compiling-1")), Effect.sleep(startedMs))
        )
      }
      const connected = yield* interleave(contestants, rounds, untilConnected)
      const imported = yield* interleave(imports, rounds, ({ name }) =>
        Effect.map(Script.output({ file: bundle("clients/startUp/importOnly"), args: [name] }), Number))
      const ms = (name: string) =>
        pick(connected, name, (it) =>
          it)

      const alone = yield* bundleSize("export * from \"effect-dingtalk\"", true)
      const whole = yield* bundleSize(
        "export * from \"effect-dingtalk\"; export * from \"effect-dingtalk/node\"",
        false
      )
      return {
        name: "start-up",
        title: "Start-up",
        columns: [{ title: "ms", digits: 0 }, { title: "× Node and ws", digits: 2 }],
        lines: [
          ...contestants.map(({ name }) => ({
            client: `${name}, until connected`,
            cells: [ms(name), ratios(ms(name), ms(ws.name))]
          })),
          ...imports.map(({ name }) => ({ client: `import "${name}"`, cells: [pick(imported, name, (it) => it), []] }))
        ],
        bars: [{
          title: "listen until connected, against Node and ws",
          samples: ratios(ms(ours.name), ms(ws.name)),
          limit: 2.2,
          unit: "×",
          digits: 2
        }],
        notes: [
          `the library alone: ${kib(alone.minified)} minified, ${kib(alone.gzipped)} gzipped`,
          `with all that it needs on Node: ${kib(whole.minified)} minified, ${kib(whole.gzipped)} gzipped`
        ]
      }
    }))
}
