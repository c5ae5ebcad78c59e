import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"

const Names = Schema.Record({ key: Schema.String, value: Schema.String })

const Package = Schema.Struct({
  version: Schema.optional(Schema.String),
  integrity: Schema.optional(Schema.String),
  dependencies: Schema.optional(Names),
  optionalDependencies: Schema.optional(Names),
  hasInstallScript: Schema.optional(Schema.Boolean)
})

const Lock = Schema.parseJson(Schema.Struct({ packages: Schema.Record({ key: Schema.String, value: Package }) }))

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8")

const { packages } = Schema.decodeUnknownSync(Lock)(read("package-lock.json"))

/** Where a package of this name is found by one that is installed at `from`. */
const resolve = (name: string, from: string): string | undefined => {
  const nested = `${from === "" ? "" : `${from}/`}node_modules/${name}`
  if (packages[nested] !== undefined) return nested
  return from === "" ? undefined : resolve(name, from.slice(0, Math.max(0, from.lastIndexOf("/node_modules/"))))
}

/** Everything that installing these packages brings along. */
const closure = (names: ReadonlyArray<string>): ReadonlyMap<string, typeof Package.Type> => {
  const found = new Map<string, typeof Package.Type>()
  const visit = (name: string, from: string): void => {
    const path = resolve(name, from)
    const it = path === undefined ? undefined : packages[path]
    if (path === undefined || it === undefined || found.has(path)) return
    found.set(path, it)
    for (const next of Object.keys({ ...it.dependencies, ...it.optionalDependencies })) visit(next, path)
  }
  for (const name of names) visit(name, "")
  return found
}

describe("run-time dependencies", () => {
  const own = closure(Object.keys(packages[""]?.dependencies ?? {}))

  it("are these, and nobody else: who adds one looks at it first, and at SECURITY.md", () => {
    const names = [...own.keys()].map((path) => path.replace("node_modules/", "")).toSorted()
    assert.deepStrictEqual(names, [
      "agent-base",
      "debug",
      "https-proxy-agent",
      "ipaddr.js",
      "mime",
      "ms",
      "re2js",
      "ws"
    ])
    const security = read("SECURITY.md")
    for (const name of names) assert.include(security, name)
  })

  it("run no script when they are installed", () => {
    assert.deepStrictEqual([...own].filter(([, { hasInstallScript }]) => hasInstallScript === true), [])
  })

  it("are pinned by version and by hash", () => {
    for (const [path, { integrity, version }] of own) {
      assert.match(version ?? "", /^\d+\.\d+\.\d+$/, path)
      assert.match(integrity ?? "", /^sha512-/, path)
    }
  })

  it("the packages with install scripts, which SECURITY.md names, are found where they are", () => {
    const scripted = (names: ReadonlyArray<string>) =>
      [...closure(names)].filter(([, { hasInstallScript }]) => hasInstallScript === true)
        .map(([path]) => path.replace("node_modules/", ""))
    assert.deepStrictEqual(scripted(["effect"]), [])
    const peers = scripted(["effect", "@effect/platform", "@effect/platform-node"])
    assert.isNotEmpty(peers)
    for (const name of peers) assert.include(read("SECURITY.md"), name)
  })
})
