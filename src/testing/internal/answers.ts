/** What a client sends over the socket. Pure. */
import { isRecord, parse } from "./json.ts"

/** The answer to a frame. */
export interface Answer {
  readonly messageId: string
  readonly code: number | undefined
  readonly message: string
  /** As it came: a string of JSON by the protocol. */
  readonly data: unknown
}

export type Odd = "notJson" | "noMessageId"

/** Reads a text frame. Total: what is no answer comes back as the name of its oddity. */
export const read = (text: string): Answer | Odd => {
  const frame = parse(text)
  if (frame === undefined) return "notJson"
  const headers = isRecord(frame) ? frame["headers"] : undefined
  const messageId = isRecord(headers) ? headers["messageId"] : undefined
  if (!isRecord(frame) || typeof messageId !== "string" || messageId === "") return "noMessageId"
  const { code, data, message } = frame
  return {
    messageId,
    code: typeof code === "number" ? code : undefined,
    message: typeof message === "string" ? message : "",
    data
  }
}

/** The answer's `data` as a value. */
export const dataOf = (data: unknown): unknown => typeof data === "string" ? parse(data) ?? data : data

/**
 * Whether an EVENT is settled. The official clients say LATER with code 200 (Node) or 500 (Go); the Python one says
 * success without any `status`, by code 200 alone.
 */
export const settlesEvent = ({ code, data }: Pick<Answer, "code" | "data">): boolean => {
  const said = dataOf(data)
  return code === 200 && !(isRecord(said) && said["status"] === "LATER")
}

/** Whether the answer to a SYSTEM ping gave back what was sent. */
export const echoes = (opaque: string, { code, data }: Pick<Answer, "code" | "data">): boolean => {
  const said = dataOf(data)
  return code === 200 && isRecord(said) && said["opaque"] === opaque
}

/** The value below which a share of the values lies; `undefined` of nothing. */
export const quantile = (values: ReadonlyArray<number>, share: number): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)]
