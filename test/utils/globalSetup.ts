import { execFileSync } from "node:child_process"

/** Tests of the process level run the bundled command line: it is built from the sources of this moment. */
export const setup = () => {
  execFileSync(process.execPath, ["scripts/bundleBin.mjs"], { stdio: "inherit" })
}
