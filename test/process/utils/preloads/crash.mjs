// Throws where nobody catches it, on SIGUSR2.
process.on("SIGUSR2", () => {
  throw new Error("crash")
})
