/**
 * What can be done on the page, and what is told when it can't.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { createContext } from "preact"
import { useContext } from "preact/hooks"
import * as Contract from "../../cli/play/contract.ts"
import { ask, upload } from "../shared/process.ts"
import { idOf, type Place } from "./state.ts"

/**
 * Tells people something in passing.
 *
 * @since 0.1.0
 * @category contexts
 */
export const Telling = createContext<(text: string) => void>(() => {})

/**
 * @since 0.1.0
 * @category hooks
 */
export const useTelling = (): (text: string) => void => useContext(Telling)

/** Most that DingTalk takes, in bytes. */
const maxFileBytes = 20 * 1024 * 1024

/**
 * Whether a file can be sent at all.
 *
 * @since 0.1.0
 * @category decisions
 */
export const isSendable = ({ size }: File): boolean => size > 0 && size <= maxFileBytes

/**
 * Whether people see a file as a picture.
 *
 * @since 0.1.0
 * @category decisions
 */
export const isPicture = ({ type }: File): boolean => /^image\/(?:png|jpeg|gif|webp|bmp)$/.test(type)

/**
 * @since 0.1.0
 * @category operations
 */
export const say = (
  { group, me }: Place,
  saying: Contract.Saying,
  { mention, quote }: { readonly mention: boolean; readonly quote?: string | undefined }
) =>
  ask(Contract.say, {
    as: me.staffId,
    group: group?.conversationId,
    mention: group !== undefined && mention,
    quote,
    saying
  })

/**
 * @since 0.1.0
 * @category operations
 */
export const sendFile = async (place: Place, file: File, mention: boolean) => {
  const name = file.name === "" ? "picture.png" : file.name
  const kept = await upload(`${Contract.filePath}?name=${encodeURIComponent(name)}`, Contract.Uploaded, file)
  return Either.isLeft(kept)
    ? Either.left(kept.left)
    : say(place, { _tag: "File", code: kept.right.code, name, isPicture: isPicture(file) }, { mention })
}

/**
 * @since 0.1.0
 * @category operations
 */
export const forward = (to: Place, title: string, from: Place, keys: ReadonlyArray<string>) =>
  say(to, { _tag: "Record", title, place: idOf(from), keys }, { mention: true })

/**
 * Where a file can be seen.
 *
 * @since 0.1.0
 * @category decisions
 */
export const fileUrl = (code: string): string => `${Contract.filePath}?code=${encodeURIComponent(code)}`
