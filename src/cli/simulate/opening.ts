/**
 * What is printed before anybody speaks, and what a robot needs in order to talk to it. Pure.
 *
 * @since 0.1.0
 */
import { columns, padded, wrap } from "../text/columns.ts"
import { toJson } from "../text/printable.ts"
import type { Words } from "../words/Catalogue.ts"
import { cast } from "./cast.ts"

/**
 * The settings of a robot that talks to the simulation.
 *
 * @since 0.1.0
 * @category models
 */
export interface Settings {
  readonly appKey: string
  readonly appSecret: string
  readonly apiBaseUrl: string
  readonly oapiBaseUrl: string
}

/** The last one is what the official Python SDK calls it. */
const variablesOf = ({ apiBaseUrl, appKey, appSecret, oapiBaseUrl }: Settings): ReadonlyArray<string> => [
  `export DINGTALK_CLIENT_ID=${appKey}`,
  `export DINGTALK_CLIENT_SECRET=${appSecret}`,
  `export DINGTALK_API_BASE_URL=${apiBaseUrl}`,
  `export DINGTALK_OAPI_BASE_URL=${oapiBaseUrl}`,
  `export DINGTALK_OPENAPI_ENDPOINT=${apiBaseUrl}`
]

/**
 * What is printed at the start; `written` is the file that has the settings already.
 *
 * @since 0.1.0
 * @category rendering
 */
export const welcome = (
  words: Words,
  { config, url, written }: {
    readonly url: string
    readonly config: Settings
    readonly written: string | undefined
  }
): string => words.simulate.welcome({ url, config: toJson(config), variables: variablesOf(config).join("\n"), written })

/**
 * What can be typed, on lines of at most so many columns.
 *
 * @since 0.1.0
 * @category rendering
 */
export const help = (words: Words, width: number): string => {
  const rows = words.simulate.help(cast.person.nick, cast.group.title)
  const column = Math.max(...rows.map(([usage]) => columns(usage)))
  const indent = " ".repeat(column + 4)
  return rows.map(([usage, meaning]) =>
    `  ${padded(usage, column)}  ${wrap(meaning, width - column - 4).join(`\n${indent}`)}`
  ).join("\n")
}

/**
 * Whether the settings in a file are of a simulation: any file of anybody else's is not to be written over.
 *
 * @since 0.1.0
 * @category decisions
 */
export const isOurs = (text: string, { appKey, appSecret }: Settings): boolean =>
  text.includes(`"${appKey}"`) && text.includes(`"${appSecret}"`) &&
  /"apiBaseUrl":\s*"http:\/\/127\.0\.0\.1:/.test(text)
