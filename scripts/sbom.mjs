// Writes `sbom.json`, the bill of materials that goes with the package: what it depends on when it runs, and what is
// bundled into its command line, which `scripts/bundleBin.mjs` wrote down.
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"

const run = (command, ...args) => {
  const { error, status, stderr, stdout } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === "win32"
  })
  if (error !== undefined || status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`)
  return stdout
}

const list = "node_modules/.cache/effect-dingtalk/bundled.json"
if (!existsSync("dist/bin.js") || !existsSync(list)) run("npm", "run", "--silent", "build")

const { name } = JSON.parse(readFileSync("package.json", "utf8"))
const bundled = JSON.parse(readFileSync(list, "utf8"))
const bill = JSON.parse(run("npm", "sbom", "--sbom-format", "cyclonedx"))

const needs = new Map(bill.dependencies.map(({ dependsOn, ref }) => [ref, dependsOn]))
const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"))
const refOf = (path) => `${path.split("node_modules/").at(-1)}@${packages[path].version}`

const kept = new Set()
const keep = (ref) => {
  if (kept.has(ref)) return
  kept.add(ref)
  for (const next of needs.get(ref) ?? []) keep(next)
}
for (const dependency of Object.keys(packages[""].dependencies)) keep(refOf(`node_modules/${dependency}`))
for (const path of bundled) kept.add(refOf(path))

const parts = new Set(bundled.map(refOf))
const own = bill.metadata.component["bom-ref"]
const components = bill.components.filter((component) => kept.has(component["bom-ref"])).map((component) => ({
  ...component,
  scope: "required",
  // Where it was fetched from by whoever built this says nothing about it.
  externalReferences: component.externalReferences?.filter(({ type }) => type !== "distribution"),
  properties: parts.has(component["bom-ref"]) ? [{ name: "effect-dingtalk:bundled", value: "dist/bin*" }] : []
}))
const missing = [...kept].filter((ref) => !components.some((component) => component["bom-ref"] === ref))
if (missing.length > 0) throw new Error(`not in npm's bill of materials: ${missing.join(", ")}`)

const { serialNumber: _serialNumber, ...rest } = bill
const { timestamp: _timestamp, ...metadata } = bill.metadata
writeFileSync(
  "sbom.json",
  `${
    JSON.stringify(
      {
        ...rest,
        metadata: { ...metadata, component: { ...metadata.component, name } },
        components,
        dependencies: bill.dependencies
          .filter(({ ref }) => kept.has(ref) || ref === own)
          .map(({ dependsOn, ref }) => ({ ref, dependsOn: dependsOn.filter((each) => kept.has(each)) }))
      },
      null,
      2
    )
  }\n`
)
