/**
 * A file of CommonJS, compiled as an earlier process left it: to compile the program is a third of a start. What is kept
 * is run without a question, and ends the process where it is damaged: it is believed only if it is whole, belongs to the
 * user of this process, and nobody else can write it. Whatever fails is a start without it. Without imports of ours: it is
 * needed before anything else is there.
 */
import { createHash, randomUUID } from "node:crypto"
import * as Fs from "node:fs"
import Module, { createRequire } from "node:module"
import { homedir } from "node:os"
import { basename, dirname, isAbsolute, join } from "node:path"
import { cachedDataVersionTag } from "node:v8"
import { Script } from "node:vm"

/** Files that are kept, of commands, of versions, and of Nodes: 2 MB each. */
const mostFiles = 8

const sealBytes = 32

const attempt = <A>(evaluate: () => A): A | undefined => {
  try {
    return evaluate()
  } catch {
    return undefined
  }
}

/** Windows has no such owners: what is in a user's folder there is the user's. */
const isOurs = ({ uid }: Fs.Stats): boolean => process.geteuid === undefined || uid === process.geteuid()

const isOursAlone = (stats: Fs.Stats): boolean =>
  isOurs(stats) && (process.geteuid === undefined || (stats.mode & 0o022) === 0)

/**
 * The folder for compiled code, in the folder for the user's caches. None where none is wanted, or where the home is
 * somebody else's, as it may be behind `sudo`.
 */
export const folder = (env: NodeJS.ProcessEnv): string | undefined =>
  attempt(() => {
    const { NODE_DISABLE_COMPILE_CACHE: off = "", XDG_CACHE_HOME: caches = "" } = env
    if (off !== "") return undefined
    if (isAbsolute(caches)) return join(caches, "effect-dingtalk")
    return isOurs(Fs.statSync(homedir())) ? join(homedir(), ".cache", "effect-dingtalk") : undefined
  })

/** By which a file is known to be whole, and to be the one of its name. */
const sealOf = (path: string, data: Buffer): Buffer => createHash("sha256").update(basename(path)).update(data).digest()

const read = (path: string): Buffer | undefined => {
  const file = Fs.openSync(path, Fs.constants.O_RDONLY | Fs.constants.O_NONBLOCK)
  try {
    const stats = Fs.fstatSync(file)
    if (!stats.isFile() || !isOursAlone(stats)) return undefined
    const bytes = Fs.readFileSync(file)
    const data = bytes.subarray(sealBytes)
    return sealOf(path, data).equals(bytes.subarray(0, sealBytes)) ? data : undefined
  } finally {
    Fs.closeSync(file)
  }
}

/** Removes all but the newest, and what was left half written. */
const tidy = (directory: string): void => {
  const files = Fs.readdirSync(directory).filter((name) => /^[0-9a-f]{64}/.test(name)).map((name) => {
    const path = join(directory, name)
    return { path, writtenAt: Fs.statSync(path).mtimeMs }
  })
  for (const { path } of files.toSorted((a, b) => b.writtenAt - a.writtenAt).slice(mostFiles)) {
    Fs.rmSync(path, { force: true })
  }
}

const write = (path: string, data: Buffer): void => {
  const directory = dirname(path)
  // One by one: Node's `recursive` has no end in a file system that makes no folders, such as /proc.
  for (const each of [dirname(directory), directory]) attempt(() => Fs.mkdirSync(each, { mode: 0o700 }))
  if (!isOursAlone(Fs.statSync(directory))) return
  const draft = `${path}.${randomUUID()}`
  try {
    Fs.writeFileSync(draft, Buffer.concat([sealOf(path, data), data]), { flag: "wx", mode: 0o600 })
    Fs.renameSync(draft, path)
  } finally {
    Fs.rmSync(draft, { force: true })
  }
  tidy(directory)
}

/** What code is compiled for and by; V8 itself compares no more than lengths, and versions. */
const nameOf = (source: Buffer, purpose: string): string =>
  createHash("sha256")
    .update(JSON.stringify([process.version, process.config, cachedDataVersionTag(), purpose]))
    .update(source)
    .digest("hex")

/**
 * Runs a file of ASCII, and gives what it exports. `keep`, where nothing that can be used is kept yet, keeps in `directory`
 * what has been compiled by then, for later processes that run the file for the same purpose.
 */
export const load = (path: string, purpose: string, directory: string | undefined) => {
  const source = Fs.readFileSync(path)
  const kept = directory === undefined ? undefined : join(directory, nameOf(source, purpose))
  const cachedData = kept === undefined ? undefined : attempt(() => read(kept))
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname) { ${source.toString("latin1")}\n})`,
    { filename: path, ...cachedData === undefined ? {} : { cachedData } }
  )
  const require = createRequire(path)
  const module = Object.assign(new Module(path), { filename: path, loaded: true })
  // Files that load later ask for it.
  require.cache[path] = module
  script.runInThisContext()(module.exports, require, module, path, dirname(path))
  return {
    exports: module.exports,
    keep: kept === undefined || script.cachedDataRejected === false
      ? undefined
      : () => {
        attempt(() => write(kept, script.createCachedData()))
      }
  }
}
