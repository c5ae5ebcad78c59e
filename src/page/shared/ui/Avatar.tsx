/**
 * @since 0.1.0
 */
import type { ComponentChildren } from "preact"

/** As DingTalk has them: the end of the name on a colour of its own. */
const short = (name: string): string => {
  const characters = [...name.trim()]
  return /\p{Script=Han}/u.test(name) ? characters.slice(-2).join("") : characters.slice(0, 2).join("").toUpperCase()
}

const colours = 6

const colourOf = (name: string): number =>
  [...name].reduce((sum, character) => sum + (character.codePointAt(0) ?? 0), 0) % colours

/**
 * A picture of somebody.
 *
 * @since 0.1.0
 * @category components
 */
export const Avatar = ({ children, name }: { readonly name: string; readonly children?: ComponentChildren }) => (
  <span class={`avatar ${children === undefined ? `c${colourOf(name)}` : "own"}`} aria-hidden="true">
    {children ?? short(name)}
  </span>
)

/**
 * The robot's.
 *
 * @since 0.1.0
 * @category components
 */
export const RobotFace = () => (
  <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
    <path d="M12 3v3" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" />
    <rect x="4" y="6" width="16" height="12" rx="4" fill="none" stroke="currentColor" stroke-width="1.8" />
    <circle cx="9" cy="12" r="1.5" fill="currentColor" />
    <circle cx="15" cy="12" r="1.5" fill="currentColor" />
    <path d="M9 21h6" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" />
  </svg>
)
