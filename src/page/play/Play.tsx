/**
 * The playground.
 *
 * @since 0.1.0
 */
import { LanguageSwitch } from "../shared/ui/Shell.tsx"

/**
 * @since 0.1.0
 * @category components
 */
export const Play = () => (
  <main>
    <h1>effect-dingtalk</h1>
    <LanguageSwitch />
  </main>
)
