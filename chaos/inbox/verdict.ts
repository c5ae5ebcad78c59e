/** What became of messages whose robot was killed again and again. Pure. */

/** What stands in the inbox at the end. */
export interface Row {
  readonly id: string
  readonly line: string
  readonly number: number
  readonly state: string
}

export interface Judged {
  /** Acknowledged, and never handled to its end. */
  readonly unhandled: ReadonlyArray<string>
  /** Acknowledged, and not in the database. */
  readonly unkept: ReadonlyArray<string>
  /** Ended before one that had arrived earlier in its conversation. */
  readonly misordered: ReadonlyArray<string>
  readonly twice: ReadonlyArray<string>
  /** Handled twice although it had not been in hand at a kill. */
  readonly twiceWithoutKill: ReadonlyArray<string>
  /** Most that were begun again after one kill. */
  readonly mostInHand: number
  readonly starts: number
}

/** Judges by the diary of all the processes, one line for each thing, and by what was acknowledged. */
export const judge = (diary: string, acked: Iterable<string>, rows: ReadonlyArray<Row>): Judged => {
  const lives: Array<{ readonly begun: Set<string>; readonly ended: Set<string> }> = []
  const firstEnd = new Map<string, number>()
  const twice = new Set<string>()
  const twiceWithoutKill = new Set<string>()
  for (const [index, line] of diary.split("\n").entries()) {
    const [what, id = ""] = line.split(" ")
    if (what === "start") lives.push({ begun: new Set(), ended: new Set() })
    const life = lives.at(-1)
    if (life === undefined) continue
    if (what === "begin") life.begun.add(id)
    if (what !== "end") continue
    if (life.ended.has(id)) twiceWithoutKill.add(id)
    life.ended.add(id)
    if (firstEnd.has(id)) twice.add(id)
    else firstEnd.set(id, index)
  }
  const inHand = lives.map(({ begun }, index) => {
    const next = new Set(lives.slice(index + 1).flatMap((life) => [...life.begun]))
    return [...begun].filter((id) => next.has(id)).length
  })
  const misordered: Array<string> = []
  const last = new Map<string, number>()
  for (const { id, line } of rows.toSorted((a, b) => a.number - b.number)) {
    const end = firstEnd.get(id)
    if (end === undefined) continue
    if (end < (last.get(line) ?? -1)) misordered.push(id)
    last.set(line, Math.max(end, last.get(line) ?? -1))
  }
  const kept = new Set(rows.map(({ id }) => id))
  return {
    unkept: [...acked].filter((id) => !kept.has(id)),
    unhandled: [...acked].filter((id) => !firstEnd.has(id)),
    misordered,
    twice: [...twice],
    twiceWithoutKill: [...twiceWithoutKill],
    mostInHand: Math.max(0, ...inHand),
    starts: lives.length
  }
}

/** The bars that were missed. */
export const missed = ({ misordered, mostInHand, twiceWithoutKill, unhandled, unkept }: Judged, workers: number) => [
  ...unhandled.length === 0
    ? []
    : [`${unhandled.length} acknowledged messages were not handled: ${unhandled.slice(0, 5).join(", ")}`],
  ...unkept.length === 0
    ? []
    : [`${unkept.length} acknowledged messages were not kept: ${unkept.slice(0, 5).join(", ")}`],
  ...misordered.length === 0 ? [] : [`${misordered.length} messages overtook: ${misordered.slice(0, 5).join(", ")}`],
  ...twiceWithoutKill.length === 0 ? [] : [`${twiceWithoutKill.length} messages were handled twice by one process`],
  // A worker that has ended one message begins the next while that is being written.
  ...mostInHand <= 2 * workers
    ? []
    : [`${mostInHand} messages were begun again after one kill, with ${workers} workers`]
]
