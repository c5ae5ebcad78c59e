/**
 * Lets an account log everything, or not any more.
 *
 * @since 0.1.0
 */
import { useState } from "preact/hooks"
import { type Account, Act } from "../../console/Protocol.ts"
import { ask } from "../shared/process.ts"
import { useWords } from "../shared/words/locale.ts"
import { words as all } from "./words.ts"

/**
 * @since 0.1.0
 * @category components
 */
export const DebugSwitch = ({ account: { debug, id } }: { readonly account: Account }) => {
  const words = useWords(all)
  const [isBusy, setBusy] = useState(false)
  const toggle = async () => {
    setBusy(true)
    await ask(Act, { account: id, act: debug ? "restart" : "debug" })
    setBusy(false)
  }
  return (
    <button
      class="button"
      type="button"
      role="switch"
      aria-checked={debug}
      disabled={isBusy}
      title={words.debugHelp}
      onClick={() => void toggle()}
    >
      {debug ? words.debugOn : words.debugOff}
    </button>
  )
}
