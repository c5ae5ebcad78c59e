import { execFileSync } from "node:child_process"

/** Tests of the process level run the bundled command line, and browsers the pages: built from the sources of this moment. */
export const setup = () => {
  execFileSync(process.execPath, ["scripts/bundleBin.mjs"], { stdio: "inherit" })
  execFileSync(process.execPath, ["scripts/buildPage.mjs", "--if-stale"], { stdio: "inherit" })
}
