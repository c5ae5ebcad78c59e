/** What an application's compiler says of our types, with `skipLibCheck: false` and without `@types/ws`. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))

const tsc = (...args: ReadonlyArray<string>) =>
  Effect.async<string>((resume) => {
    const child = execFile(
      process.execPath,
      [join(root, "node_modules/typescript/bin/tsc"), "--pretty", "false", ...args],
      { cwd: root, encoding: "utf8", maxBuffer: 1e8 },
      (_error, stdout, stderr) => resume(Effect.succeed(stdout + stderr))
    )
    return Effect.sync(() => child.kill())
  })

/** In the reach of what is installed here, as a package would be. */
const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(root, "node_modules", ".consumer-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const compilerOptions = {
  target: "ES2022",
  lib: ["ES2022", "DOM"],
  module: "NodeNext",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
  types: ["node"],
  // as if nobody had installed them
  paths: { ws: ["./no-types-of-ws.d.ts"] }
}

const service = `
import { Context, Effect, Layer, Scope } from "effect"
import { DingTalkChannel, DingTalkConfig, DingTalkSender } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"
import { FakeDingTalk, TestDingTalk } from "effect-dingtalk/testing"

class Db extends Context.Tag("Db")<Db, { readonly insert: (text: string) => Effect.Effect<void, "DbError"> }>() {}
class Audit extends Context.Tag("Audit")<Audit, { readonly log: (text: string) => Effect.Effect<void> }>() {}

export const Bot = DingTalkChannel.layer({
  onMessage: (message) =>
    Effect.gen(function*() {
      yield* Effect.acquireRelease(Effect.succeed("connection"), () => Effect.void)
      yield* (yield* Db).insert(message.text)
      yield* DingTalkSender.reply(message, "saved")
    }),
  onEvent: (event) => Effect.flatMap(Audit, (audit) => audit.log(event.eventType))
})

const base = Layer.mergeAll(DingTalkConfig.layerConfig, NodeDingTalk.layer())
const Whole = Bot.pipe(
  Layer.provide(Layer.succeed(Db, { insert: () => Effect.void })),
  Layer.provide(Layer.succeed(Audit, { log: () => Effect.void })),
  Layer.provide(DingTalkSender.layer),
  Layer.provide(base)
)
export const main: Effect.Effect<never, unknown> = DingTalkChannel.run().pipe(Effect.provide(Whole))
export const fake: Effect.Effect<FakeDingTalk.Fake, unknown, Scope.Scope> = FakeDingTalk.make()
export const doubles = TestDingTalk.layer()

const Without = Bot.pipe(
  Layer.provide(Layer.succeed(Db, { insert: () => Effect.void })),
  Layer.provide(DingTalkSender.layer),
  Layer.provide(base)
)
// @ts-expect-error nobody provides the Audit that onEvent needs
export const incomplete: Effect.Effect<never, unknown> = DingTalkChannel.run().pipe(Effect.provide(Without))
`

describe("the package's types", () => {
  it.scopedLive("are clean in an application that checks its libraries", () =>
    Effect.gen(function*() {
      const application = yield* folder
      const installed = join(application, "node_modules", "effect-dingtalk")
      mkdirSync(installed, { recursive: true })
      cpSync(join(root, "package.json"), join(installed, "package.json"))
      const emitted = yield* tsc(
        "-p",
        "tsconfig.build.json",
        "--emitDeclarationOnly",
        "--declarationMap",
        "false",
        "--sourceMap",
        "false",
        "--outDir",
        join(installed, "dist")
      )
      assert.notInclude(emitted, "error TS", emitted)
      writeFileSync(join(application, "package.json"), JSON.stringify({ name: "mine", type: "module" }))
      writeFileSync(join(application, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["service.ts"] }))
      writeFileSync(join(application, "service.ts"), service)
      const said = yield* tsc("-p", application)
      // What others' types lack is theirs to mend; what no file is named for is a mistake of this test.
      const ours = said.split("\n").filter((line) => /error TS/.test(line))
        .filter((line) => !/^[^(]*node_modules\/(?!effect-dingtalk\/|\.consumer-)/.test(line))
      assert.deepStrictEqual(ours, [])
    }), 120_000)
})
