// Run after `npm install` has changed the lockfile. npm leaves out the optional packages of other platforms when the
// registry at hand lacks them in just that version, and `npm ci` then refuses the lockfile, everywhere. This puts them
// back in, without a checksum: for whom they are not made, they are never fetched.
import { readFileSync, writeFileSync } from "node:fs"

const systems = ["android", "darwin", "freebsd", "linux", "openbsd", "openharmony", "win32"]
const processors = ["arm64", "arm", "ia32", "loong64", "ppc64", "riscv64", "s390x", "x64"]

const entry = (name, version, dev) => {
  const words = name.split(/[/-]/)
  const libc = words.some((word) => word === "musl" || word === "musleabihf") ? "musl" : "glibc"
  const os = words.filter((word) => systems.includes(word))
  return {
    version,
    cpu: words.filter((word) => processors.includes(word)),
    ...(dev ? { dev: true } : {}),
    ...(os.includes("linux") && words.length > 4 ? { libc: [libc] } : {}),
    optional: true,
    os
  }
}

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"))
const { packages } = lock
for (const [path, { dev, optionalDependencies = {} }] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const known = packages[`${path}/node_modules/${name}`] ?? packages[`node_modules/${name}`]
    if (known === undefined && /^\d/.test(version)) packages[`node_modules/${name}`] = entry(name, version, dev)
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).toSorted(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`)
