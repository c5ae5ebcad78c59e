// Takes all file descriptors on SIGUSR2, and those that come free later; gives them back on the next one.
import { closeSync, openSync } from "node:fs"

const held = []
let hunger

const grab = () => {
  try {
    for (;;) held.push(openSync("/dev/null"))
  } catch ({ code }) {
    return code
  }
}

process.on("SIGUSR2", () => {
  if (hunger === undefined) {
    process.stderr.write(`hog: ${grab()}\n`)
    hunger = setInterval(grab, 1)
    return
  }
  clearInterval(hunger)
  for (const descriptor of held.splice(0)) closeSync(descriptor)
  process.stderr.write("hog: gave them back\n")
})
