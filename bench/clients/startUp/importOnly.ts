/** Tells how long an import takes, in milliseconds. */
const [, , specifier = ""] = process.argv

const startedAt = performance.now()
await import(specifier)
process.stdout.write(String(performance.now() - startedAt))
