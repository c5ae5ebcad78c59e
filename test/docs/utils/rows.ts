import { keys } from "../../../src/DingTalkConfig.ts"

const code = (text: string): string => `\`${text}\``

/** The table of settings. */
export const rows: ReadonlyArray<string> = keys.map((key) => {
  const aliases = key.aliases.length === 0 ? "" : ` (${key.aliases.map(code).join(", ")})`
  const env = key.env === undefined ? "" : code(key.env)
  return `| ${code(key.name)}${aliases} | ${key.default} | ${key.accepted} | ${key.description} | ${env} |`
})
