/** What kind of people or programs are at the other ends. */

const colours = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY === true && (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb"

export const stdoutHasColours = (): boolean => colours(process.stdout)

export const stderrHasColours = (): boolean => colours(process.stderr)

export const isStderrTerminal = (): boolean => process.stderr.isTTY === true

/** Whether a line on stderr can be written over: there is somebody to see it, on something better than a teleprinter. */
export const canRedraw = (): boolean => isStderrTerminal() && process.env["TERM"] !== "dumb"

export const isStdinTerminal = (): boolean => process.stdin.isTTY === true

/** Whether there is somebody who can read and answer. */
export const isInteractive = (): boolean => isStdinTerminal() && process.stdout.isTTY === true

/** Where a terminal does not say how wide it is. */
const usualColumns = 80

/** The columns of stdout: as COLUMNS says, or the terminal. */
export const stdoutColumns = (): number => {
  const said = Number(process.env["COLUMNS"])
  if (Number.isInteger(said) && said > 0) return said
  return process.stdout.columns || usualColumns
}

/** The columns of stderr's terminal. */
export const stderrColumns = (): number => process.stderr.columns || usualColumns
