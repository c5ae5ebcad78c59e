// Moves the process's wall clock by CLOCK_JUMP_MS, at once, on SIGUSR2. The monotonic clock stays as it is.
const Real = Date
let shift = 0

class Moved extends Real {
  constructor(...args) {
    if (args.length === 0) super(Moved.now())
    else super(...args)
  }

  static now() {
    return Real.now() + shift
  }
}

globalThis.Date = Moved

process.on("SIGUSR2", () => {
  shift += Number(process.env.CLOCK_JUMP_MS)
  process.stderr.write(`clock: it is ${new Date().toISOString()}\n`)
})
