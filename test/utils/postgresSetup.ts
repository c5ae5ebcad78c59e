import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"
import * as Scope from "effect/Scope"
import { createServer } from "node:http"
import type { TestProject } from "vitest/node"
import { listen } from "../../chaos/support/listen.ts"
import { postgres } from "./postgres.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** Where the URL of the PostgreSQL server that the tests of a run share is asked for. */
    readonly postgres: string
  }
}

/** Answers with the URL of a server that is started when the first test asks for it. */
const asked = Effect.gen(function*() {
  const scope = yield* Effect.scope
  const server = yield* Effect.cached(Scope.extend(postgres, scope))
  const run = Runtime.runPromise(yield* Effect.runtime())
  const { port } = yield* listen(createServer((_, response) => {
    void run(server).then(({ url }) => response.end(url), (why) => response.writeHead(500).end(String(why)))
  }))
  return `http://127.0.0.1:${port}`
})

export const setup = async ({ provide }: TestProject) => {
  const scope = Effect.runSync(Scope.make())
  provide("postgres", await Effect.runPromise(Scope.extend(asked, scope)))
  return () => Effect.runPromise(Scope.close(scope, Exit.void))
}
