// On SIGUSR2, five seconds are over for what waits so long.
const real = globalThis.setTimeout

globalThis.setTimeout = (callback, ms, ...rest) => {
  if (ms === 5_000) process.once("SIGUSR2", () => callback(...rest))
  return real(callback, ms, ...rest)
}
