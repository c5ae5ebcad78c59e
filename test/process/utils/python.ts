/** The Python that robots in other languages are tried with. */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const has = (command: string): boolean => spawnSync(command, ["--version"]).status === 0

export const isThere: boolean = has("python3")

/** Why tests are skipped, to stand behind their name. */
export const note: string = isThere ? "" : " (skipped: there is no python3 on this machine)"

export const hasJq: boolean = has("jq")

export const jqNote: string = hasJq ? "" : " (skipped: there is no jq on this machine)"

/** A program that runs another one on a terminal: `python3 terminal.py COLUMNS COMMAND ARGUMENT...`. */
export const terminal: string = fileURLToPath(new URL("terminal.py", import.meta.url))
