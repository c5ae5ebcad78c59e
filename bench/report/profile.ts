/** What a CPU profile says, by function. Pure. */

/** The part of a `.cpuprofile` that matters here. */
export interface CpuProfile {
  readonly nodes: ReadonlyArray<{
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }>
  readonly samples?: ReadonlyArray<number>
  readonly timeDeltas?: ReadonlyArray<number>
}

/** `…/node_modules/effect/dist/esm/x.js` becomes `effect/x.js`; a file of this package, `…/dist/x.js`, becomes `src/x.js`. */
const place = (url: string): string =>
  url.includes("/node_modules/")
    ? url.replace(/^.*\/node_modules\//, "").replace("/dist/esm/", "/")
    : url.replace(/^.*\/dist\//, "src/")

/** Share of the busy time, in percent, that each function spent in itself; most first. Waiting does not count. */
export const selfTimes = (profile: CpuProfile): ReadonlyArray<{ readonly name: string; readonly percent: number }> => {
  const { nodes, samples = [], timeDeltas = [] } = profile
  const names = new Map(nodes.map(({ callFrame: { functionName, lineNumber, url }, id }) => [
    id,
    `${functionName || "(anonymous)"}${url === "" ? "" : `  ${place(url)}:${lineNumber + 1}`}`
  ]))
  const spent = new Map<string, number>()
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? "(unknown)"
    if (name !== "(idle)") spent.set(name, (spent.get(name) ?? 0) + (timeDeltas[index] ?? 0))
  }
  const total = [...spent.values()].reduce((sum, time) => sum + time, 0)
  return [...spent].map(([name, time]) => ({ name, percent: time / total * 100 }))
    .toSorted((a, b) => b.percent - a.percent)
}
