/** Every call of every API, with answers that are bent: whole operations, their retries and their waits included. */
import { SystemError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Stream from "effect/Stream"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import * as DingTalkSender from "../../src/DingTalkSender.ts"
import { HostResolver } from "../../src/outbound/media/HostResolver.ts"
import * as Operations from "../support/operations.ts"
import * as QuickClock from "../support/quickClock.ts"
import * as Random from "../support/random.ts"
import * as corpus from "./corpus.ts"
import { bend, bendText, type Json, write } from "./mutate.ts"

export interface Failure {
  readonly index: number
  readonly problem: string
}

export interface Outcome {
  readonly inputs: number
  readonly calls: number
  readonly succeeded: number
  /** How many ended in each error, by its tag. */
  readonly errors: ReadonlyMap<string, number>
  readonly failures: ReadonlyArray<Failure>
}

const appSecret = "secret-of-the-account-0123456789"
const tokenPath = "/v1.0/oauth2/accessToken"

/** No operation needs more calls than this, whatever it is answered. */
const mostCalls = 100

const operations = Operations.make("/downloads")
const names = Object.keys(operations).filter((name): name is Operations.Name => name in operations)

const bodies = corpus.apiAnswers.map(({ body }) => body)

/** The answer of a path, bent: most often its own, else one of another kind. */
const answerOf = (path: string, random: Random.Random) => {
  const own = corpus.apiAnswers.find((answer) => answer.path === path)?.body ?? "some bytes of a file"
  const isLeftAlone = path === tokenPath ? !random.once(6) : random.once(8)
  const seed: Json = isLeftAlone || !random.once(4)
    ? { status: 200, headers: {}, body: own }
    : corpus.answers[random.below(corpus.answers.length)] ?? null
  const bent = isLeftAlone ? seed : bend(seed, random, bodies)
  const given = new Map(typeof bent === "object" && bent !== null && !Array.isArray(bent) ? Object.entries(bent) : [])
  const status = given.get("status")
  const body = given.get("body")
  const written = typeof body === "string" ? body : write(body ?? null)
  const headers = new Headers()
  for (const [name, value] of Object.entries(given.get("headers") ?? {})) {
    try {
      headers.set(name, String(value))
    } catch {
      // What HTTP itself does not carry can't arrive.
    }
  }
  return {
    status: typeof status === "number" && status >= 200 && status <= 599 ? Math.floor(status) : 200,
    headers,
    body: !isLeftAlone && random.once(6) ? bendText(written, random) : written
  }
}

/** An answer that is there as a whole: one that has to be read would need iterations of the event loop. */
const respond = (request: HttpClientRequest.HttpClientRequest, { body, ...init }: ReturnType<typeof answerOf>) => {
  const response: HttpClientResponse.HttpClientResponse = HttpClientResponse.fromWeb(request, new Response(null, init))
  const whole: HttpClientResponse.HttpClientResponse = Object.create(response, {
    text: { value: Effect.succeed(body) },
    stream: { value: Stream.make(Buffer.from(body)) }
  })
  return whole
}

/** A robot's network, that answers by the random numbers and counts its calls. */
const network = (random: Random.Random) => {
  const seen = { calls: 0 }
  const client = HttpClient.make((request, url) => {
    seen.calls += 1
    if (seen.calls > mostCalls) return Effect.never
    if (random.once(15)) {
      const cause = Object.assign(new Error("broken"), { code: random.pick(["ECONNRESET", "ECONNREFUSED", "EMFILE"]) })
      return Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause }))
    }
    // A file's bytes may take as long as their reader likes; every call is bounded.
    if (random.once(40) && corpus.apiAnswers.some(({ path }) => path === url.pathname)) return Effect.never
    return Effect.sync(() => respond(request, answerOf(url.pathname, random)))
  })
  return { client, seen }
}

const noSuch = (method: string) =>
  new SystemError({ reason: "NotFound", module: "FileSystem", method, pathOrDescriptor: "/downloads" })

/** A disk that takes nothing. */
const disk = FileSystem.layerNoop({
  makeDirectory: () => noSuch("makeDirectory"),
  remove: () => noSuch("remove")
})

const iteration = Effect.async<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

const resolver = HostResolver.of({ resolve: () => Effect.succeed(["93.184.216.34"]) })

/** What is wrong with how an operation ended. */
const problemOf = (exit: Exit.Exit<unknown, unknown>): string | undefined => {
  if (Exit.isSuccess(exit)) return undefined
  if (Cause.isDie(exit.cause) || Cause.isInterrupted(exit.cause)) {
    return `died: ${Cause.pretty(exit.cause).slice(0, 500)}`
  }
  const error = Cause.squash(exit.cause)
  if (!(error instanceof Error) || !("_tag" in error)) return "an error without a tag"
  if (error.message.length > 3_000) return `a message of ${error.message.length} characters`
  if (/[\u0000-\u001f\u007f]/.test(error.message)) return "a control character in a message"
  return `${error.message}${JSON.stringify(error)}`.includes(appSecret) ? "the secret in an error" : undefined
}

const tagOf = (exit: Exit.Exit<unknown, unknown>): string => {
  const error = Exit.isSuccess(exit) ? undefined : Cause.squash(exit.cause)
  return error instanceof Error && "_tag" in error ? String(error._tag) : "?"
}

/** One operation in a world of its own, to its end. */
const one = (settings: DingTalkConfig.Settings, random: Random.Random) =>
  Effect.gen(function*() {
    const name = names[random.below(names.length)] ?? "send"
    const { client, seen } = network(random)
    const { advance, clock } = QuickClock.make(1_790_000_000_000)
    const fiber = yield* operations[name].pipe(
      Effect.provide(
        DingTalkSender.layer.pipe(
          Layer.provide(DingTalkConfig.layer(settings)),
          Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
        )
      ),
      Effect.provide(disk),
      Effect.provideService(HostResolver, resolver),
      Effect.withClock(clock),
      Effect.fork
    )
    // Answers need an iteration to be read; who still is not done then waits for the clock.
    for (let iterations = 0; iterations < 5_000; iterations++) {
      yield* iteration
      const done = fiber.unsafePoll()
      if (done !== null) return { name, exit: done, calls: seen.calls }
      if (!advance()) {
        yield* iteration
        if (fiber.unsafePoll() === null && !advance()) break
      }
    }
    yield* Fiber.interrupt(fiber)
    return { name, exit: Exit.die("it never ends"), calls: seen.calls }
  })

/** Inputs `from` to below `to`: each depends on the seed and its number alone. */
export const run = (
  { from = 0, seed, to }: { readonly seed: number; readonly from?: number; readonly to: number }
): Effect.Effect<Outcome, DingTalkConfig.DingTalkConfigError> =>
  Effect.gen(function*() {
    const settings = yield* DingTalkConfig.decodeUnknown({ appKey: "dingkey", appSecret, rateLimit: 1_000 })
    const failures: Array<Failure> = []
    const errors = new Map<string, number>()
    let calls = 0
    let succeeded = 0
    for (let index = from; index < to; index++) {
      const it = yield* one(settings, Random.make(seed, index))
      calls += it.calls
      if (Exit.isSuccess(it.exit)) succeeded += 1
      else errors.set(tagOf(it.exit), (errors.get(tagOf(it.exit)) ?? 0) + 1)
      const problem = it.calls > mostCalls ? `more than ${mostCalls} calls` : problemOf(it.exit)
      if (problem !== undefined && failures.length < 100) failures.push({ index, problem: `${it.name}: ${problem}` })
    }
    return { inputs: to - from, calls, succeeded, errors, failures }
  }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger)))
