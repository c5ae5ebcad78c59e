/** The Python that robots in other languages are tried with. */
import { spawnSync } from "node:child_process"

const has = (command: string): boolean => spawnSync(command, ["--version"]).status === 0

export const isThere: boolean = has("python3")

/** Why tests are skipped, to stand behind their name. */
export const note: string = isThere ? "" : " (skipped: there is no python3 on this machine)"

export const hasJq: boolean = has("jq")

export const jqNote: string = hasJq ? "" : " (skipped: there is no jq on this machine)"
