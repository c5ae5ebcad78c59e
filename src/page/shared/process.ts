/**
 * The page's way to its process.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { useEffect, useReducer, useState } from "preact/hooks"
import { type Call, type Feed, Refusal } from "../../pageServer/Endpoint.ts"

const decodeRefusal = Schema.decodeUnknownEither(Refusal)

const unreachable: Refusal = { code: "unreachable", message: "the program does not answer" }

const answerOf = async (response: Response): Promise<unknown> => {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}

/** Sends a request; never rejects. */
const exchanged = async (path: string, init: RequestInit): Promise<Either.Either<unknown, Refusal>> => {
  try {
    const response = await fetch(path, { method: "POST", ...init })
    const body = await answerOf(response)
    if (response.ok) return Either.right(body)
    return Either.left(
      Either.getOrElse(decodeRefusal(body), () => ({ code: "refused", message: `HTTP ${response.status}` }))
    )
  } catch {
    return Either.left(unreachable)
  }
}

const decoded = <S, SI>(success: Schema.Schema<S, SI>, answer: Either.Either<unknown, Refusal>) =>
  Either.flatMap(answer, (body) =>
    Either.mapLeft(
      Schema.decodeUnknownEither(success)(body),
      ({ message }): Refusal => ({ code: "badAnswer", message })
    ))

/**
 * Asks the process. The promise never rejects: what went wrong is a refusal.
 *
 * @since 0.1.0
 * @category calls
 */
export const ask = async <P, PI, S, SI>(
  { path, payload, success }: Call<P, PI, S, SI>,
  given: NoInfer<P>
): Promise<Either.Either<S, Refusal>> =>
  decoded(
    success,
    await exchanged(path, {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(Schema.encodeSync(payload)(given))
    })
  )

/**
 * Hands a file to the process, and decodes the answer.
 *
 * @since 0.1.0
 * @category calls
 */
export const upload = async <S, SI>(
  path: string,
  success: Schema.Schema<S, SI>,
  file: Blob
): Promise<Either.Either<S, Refusal>> =>
  decoded(
    success,
    await exchanged(path, { headers: { "content-type": "application/octet-stream" }, body: file })
  )

/**
 * How the page stands with its process. `stranger`: it has no token.
 *
 * @since 0.1.0
 * @category models
 */
export type Link = "connecting" | "up" | "lost" | "stranger"

/** How long a lost feed waits before it is tried again, in milliseconds. */
const retryMs = 1_000

/**
 * What the feed has told so far, reduced to a state; it is followed while the component is there, and tried again when it
 * breaks off.
 *
 * @since 0.1.0
 * @category hooks
 */
export const useFeed = <A, I, State>(
  { event, path }: Feed<A, I>,
  reduce: (state: State, event: A) => State,
  initial: State
): readonly [state: State, link: Link] => {
  const [state, tell] = useReducer(reduce, initial)
  const [link, setLink] = useState<Link>("connecting")
  useEffect(() => {
    const decode = Schema.decodeUnknownEither(Schema.parseJson(event))
    let source: EventSource | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    /** `EventSource` does not say why it failed. */
    const failed = async () => {
      source?.close()
      const status = await fetch("/api/").then((response) => response.status, () => 0)
      if (isOver) return
      setLink(status === 401 ? "stranger" : "lost")
      timer = setTimeout(open, retryMs)
    }
    const open = () => {
      source = new EventSource(path)
      source.addEventListener("open", () => setLink("up"))
      source.addEventListener("error", () => void failed())
      source.addEventListener("message", ({ data }) => {
        const told = decode(data)
        if (Either.isRight(told)) tell(told.right)
      })
    }
    open()
    return () => {
      isOver = true
      clearTimeout(timer)
      source?.close()
    }
  }, [path])
  return [state, link]
}
