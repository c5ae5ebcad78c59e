/**
 * A QR code for a terminal. Pure.
 *
 * @since 0.1.0
 */
import { encode } from "uqr"

/** Two modules, one above the other, in one character; light ones are drawn. */
const halves = { true: { true: "█", false: "▀" }, false: { true: "▄", false: " " } } as const

const black = "\u001b[40;97m"
const reset = "\u001b[0m"

/**
 * The lines of a code, with a quiet zone around it. It is drawn by its light parts, and with colours it says that they are
 * white on black, so that it can be read on terminals of either kind; without colours on dark ones.
 *
 * @since 0.1.0
 * @category rendering
 */
export const lines = (text: string, colours: boolean): ReadonlyArray<string> => {
  const { data, size } = encode(text, { border: 2 })
  const isLight = (row: number, column: number): boolean => data[row]?.[column] !== true
  return Array.from({ length: Math.ceil(size / 2) }, (_, pair) => {
    const line = Array.from({ length: size }, (_, column) => {
      const lower = 2 * pair + 1 < size && isLight(2 * pair + 1, column)
      return halves[`${isLight(2 * pair, column)}`][`${lower}`]
    }).join("")
    return colours ? `${black}${line}${reset}` : line
  })
}
