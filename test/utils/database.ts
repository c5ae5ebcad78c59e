import * as Effect from "effect/Effect"
import { randomUUID } from "node:crypto"
import { inject } from "vitest"
import { query } from "./postgres.ts"

/** The URL of an empty database of its own on the server that the tests of a run share; it is gone when the scope closes. */
export const database = Effect.gen(function*() {
  const server = yield* Effect.promise(async () => {
    const answer = await fetch(inject("postgres"))
    const text = await answer.text()
    if (!answer.ok) throw new Error(text)
    return text
  })
  const name = randomUUID()
  yield* Effect.acquireRelease(
    query(server, `CREATE DATABASE "${name}"`),
    () => query(server, `DROP DATABASE "${name}" WITH (FORCE)`)
  )
  return new URL(`/${name}`, server).href
})
