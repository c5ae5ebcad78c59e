/** `npm run fuzz`: a million inputs for decoders, decisions and a whole robot. `--seed S`, `--inputs N`, `--index I`. */
import * as Effect from "effect/Effect"
import { inUse, mebibytes } from "../support/measures/heap.ts"
import { table } from "../support/measures/table.ts"
import { main, numberOption, print } from "../support/program.ts"
import * as Random from "../support/random.ts"
import * as Clients from "./clients.ts"
import { isClean, run as fuzz, type Slow } from "./engine.ts"
import * as Session from "./session.ts"
import { sweep } from "./sweep.ts"
import { frameText, subjects, targets } from "./targets.ts"

const seed = numberOption("seed", 1)
const inputs = numberOption("inputs", 1_000_000)
const index = numberOption("index", -1)

/** As much growth as caches and compiled code may cause, not what a leak does over so many inputs. */
const flat = (before: number, after: number) => after <= before * 1.2 + 2 * 1024 * 1024

const rate = (count: number, ms: number) => `${Math.round((count * 1_000) / ms).toLocaleString("en-US")} inputs/s`

const slow = (it: Slow) =>
  `${it.target} ${it.ms.toFixed(1)} ms for ${it.characters.toLocaleString("en-US")} characters (--index ${it.index})`

const decoders = Effect.gen(function*() {
  const count = Math.floor(inputs * 0.74)
  const tenth = Math.floor(count / 10)
  const since = performance.now()
  const first = fuzz(targets, { seed, to: tenth })
  const before = yield* inUse
  const rest = fuzz(targets, { seed, from: tenth, to: count })
  const ms = performance.now() - since
  const after = yield* inUse
  const failures = [...first.failures, ...rest.failures]
  print(
    `\ndecoders and decisions: ${count.toLocaleString("en-US")} inputs, ${rate(count, ms)},` +
      ` ${mebibytes(first.characters + rest.characters)} of text, heap ${mebibytes(before)} → ${mebibytes(after)}`
  )
  print(`slowest for their size: ${
    slow(
      [...first.slowest, ...rest.slowest].toSorted((a, b) => b.ms - a.ms)[0] ?? {
        target: "none",
        index: -1,
        ms: 0,
        characters: 0
      }
    )
  }`)
  if (failures.length > 0) {
    print(table(["target", "times", "--index"], failures.map((it) => [it.target, it.times, it.index])))
  }
  return [
    ...failures.map((it) =>
      `${it.target}: ${it.problem}\n      ${it.times} times, --index ${it.index}: ${it.input.slice(0, 300)}`
    ),
    ...[...first.tooSlow, ...rest.tooSlow].map((it) => `too slow: ${slow(it)}`),
    ...flat(before, after) ? [] : [`the heap grew from ${mebibytes(before)} to ${mebibytes(after)}`]
  ]
})

const session = Effect.gen(function*() {
  const count = Math.floor(inputs * 0.25)
  const since = performance.now()
  yield* Session.run({ account: "warm-up", seed: seed + 1, to: Math.floor(count / 10) })
  const before = yield* inUse
  const { books, thrown } = yield* Session.run({ account: "fuzz", seed, to: count })
  const after = yield* inUse
  print(
    `\na whole robot: ${count.toLocaleString("en-US")} frames, ${rate(count * 1.1, performance.now() - since)};` +
      ` answers ${books.answered} of ${books.due}, settled ${books.settled} of ${books.received},` +
      ` ${books.connections} connections, ${books.logRecords} log records, heap ${mebibytes(before)} → ${
        mebibytes(after)
      }`
  )
  return [
    ...thrown.slice(0, 5).map(({ index, problem }) => `session, --index ${index}: ${problem}`),
    ...books.problems,
    ...books.answered === books.due ? [] : [`${books.due} answers were due, ${books.answered} came`],
    ...books.settled === books.received
      ? []
      : [`${books.received} deliveries received, ${books.settled} accounted for`],
    // A connection's life has five records; what goes wrong inside is summarised.
    ...books.logRecords <= 5 * books.connections + 1_000 ? [] : [`${books.logRecords} log records`],
    ...flat(before, after) ? [] : [`the heap grew from ${mebibytes(before)} to ${mebibytes(after)}`]
  ]
})

const clients = Effect.gen(function*() {
  const count = inputs - Math.floor(inputs * 0.74) - Math.floor(inputs * 0.25)
  const since = performance.now()
  yield* Clients.run({ seed: seed + 1, to: Math.floor(count / 10) })
  const before = yield* inUse
  const { calls, errors, failures, succeeded } = yield* Clients.run({ seed, to: count })
  const after = yield* inUse
  const ends = [...errors].toSorted(([, a], [, b]) => b - a).map(([tag, times]) => `${tag} ${times}`)
  print(
    `\nevery call of every API: ${count.toLocaleString("en-US")} operations, ${
      calls.toLocaleString("en-US")
    } bent answers,` +
      ` ${rate(count * 1.1, performance.now() - since)}; succeeded ${succeeded}, ${ends.join(", ")};` +
      ` heap ${mebibytes(before)} → ${mebibytes(after)}`
  )
  return [
    ...failures.slice(0, 5).map(({ index, problem }) => `clients, --index ${index}: ${problem}`),
    ...flat(before, after) ? [] : [`the heap grew from ${mebibytes(before)} to ${mebibytes(after)}`]
  ]
})

const places = Effect.sync(() => {
  const since = performance.now()
  const { found, problems, tried } = sweep(subjects, { length: 20_000, allowedMs: 60 })
  print(
    `\n20 000 characters of each piece in each place: ${tried.toLocaleString("en-US")} combinations,` +
      ` ${rate(tried, performance.now() - since)}`
  )
  return [
    ...problems,
    ...found.map((it) =>
      `${it.subject}: ${Math.round(it.ms)} ms for ${
        JSON.stringify(it.piece)
      } repeated in place ${it.place} of seed ${it.seed}`
    )
  ]
})

const one = Effect.sync(() => {
  const { failures, slowest, tooSlow } = fuzz(targets, { seed, from: index, to: index + 1 })
  print(
    JSON.stringify(
      { failures, slowest, tooSlow, asFrame: frameText(Random.make(seed, index)).slice(0, 2_000) },
      null,
      2
    )
  )
  return failures.map(({ problem }) => problem)
})

const all = Effect.gen(function*() {
  print(`seed ${seed}`)
  const bars = [...yield* decoders, ...yield* session, ...yield* clients, ...yield* places]
  return isClean() ? bars : [...bars, "a prototype that everybody inherits was changed"]
})

await main(index >= 0 ? one : all, {
  options: { seed: "N: 1", inputs: "N: 1000000", index: "N of the one input that is to be run: all" }
})
