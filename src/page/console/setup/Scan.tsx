/**
 * Onboarding by scan: a QR code, until somebody has scanned it.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { useEffect, useState } from "preact/hooks"
import { Scan as ScanCall, Scanned } from "../../../console/SetupProtocol.ts"
import { ask } from "../../shared/process.ts"
import { useWords } from "../../shared/words/locale.ts"
import { words as all } from "./words.ts"

type Shown = typeof ScanCall.success.Type

/** How often it is asked whether somebody has scanned it, in milliseconds; the process asks DingTalk at its own pace. */
const lookEveryMs = 1_000

const Code = ({ rows }: { readonly rows: ReadonlyArray<string> }) => {
  const words = useWords(all)
  const path = rows.flatMap((row, y) => [...row].flatMap((module, x) => module === "1" ? [`M${x} ${y}h1v1h-1z`] : []))
  return (
    <svg class="qr" viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label={words.qr}>
      <rect width={rows.length} height={rows.length} fill="#fff" />
      <path d={path.join("")} fill="#000" />
    </svg>
  )
}

/**
 * @since 0.1.0
 * @category components
 */
export const Scan = (
  { onClose, onDone }: {
    readonly onDone: (scan: string, clientId: string) => void
    readonly onClose: () => void
  }
) => {
  const words = useWords(all)
  const [shown, setShown] = useState<Shown>()
  const [said, setSaid] = useState("")
  const failed = (reason: string, detail: string) =>
    setSaid(words.scanFailed(`${words.scanReasons[reason] ?? reason}${detail === "" ? "" : ` (${detail})`}`))
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    const look = async (scan: string) => {
      const answer = await ask(Scanned, { scan })
      if (isOver) return
      if (Either.isLeft(answer) || answer.right._tag === "Waiting") {
        timer = setTimeout(() => void look(scan), lookEveryMs)
      } else if (answer.right._tag === "Done") {
        setSaid(words.scanDone(answer.right.clientId))
        setShown(undefined)
        onDone(scan, answer.right.clientId)
      } else {
        setShown(undefined)
        failed(answer.right.reason, answer.right.detail)
      }
    }
    const begin = async () => {
      const answer = await ask(ScanCall, {})
      if (isOver) return
      if (Either.isLeft(answer)) return failed(answer.left.code.replace("scan.", ""), answer.left.message)
      setShown(answer.right)
      setSaid(words.scanWaiting)
      void look(answer.right.scan)
    }
    void begin()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [])
  return (
    <div class="scan panel" role="group" aria-label={words.scanTitle}>
      {shown === undefined ? null : (
        <>
          <Code rows={shown.rows} />
          <div>
            <p>{words.scanHow}</p>
            <p>
              <a href={shown.url} target="_blank" rel="noreferrer">{words.scanLink}</a>
            </p>
          </div>
        </>
      )}
      <p role="status">{said}</p>
      <button class="button" type="button" onClick={onClose}>{words.close}</button>
    </div>
  )
}
