/**
 * The variables that are set, as the current `ConfigProvider` has them: under their full names, or nested under their
 * prefix, as the environment's own provider takes them.
 */
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import type * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as HashSet from "effect/HashSet"
import * as Option from "effect/Option"
import * as Str from "effect/String"
import { envPrefix, spelled } from "./spelling.ts"

type Path = ReadonlyArray<string>

const camel = (name: string): string => Str.snakeToCamel(name.toLowerCase())

/** Where a variable may be: in flat maps, in nested ones, and in objects as people write them. */
const placesOf = (name: string): ReadonlyArray<Path> => [
  [envPrefix, name],
  [`${envPrefix}_${name}`],
  [envPrefix.toLowerCase(), camel(name)]
]

type Reader = (name: string) => Config.Config<unknown>

const asText: Reader = (name) => Config.string(name)

/** A provider of objects has lists, too. */
const asList: Reader = (name) => Config.orElse(asText(name), () => Config.array(Config.string(), name))

const at = (path: Path, reader: Reader): Config.Config<unknown> => {
  const [name = "", ...above] = path.toReversed()
  return above.reduce((config, each) => Config.nested(config, each), reader(name))
}

const valueOf = (name: string, reader: Reader): Config.Config<Option.Option<unknown>> =>
  Config.option(
    placesOf(name).map((path) => at(path, reader)).reduce((first, second) => Config.orElse(first, () => second))
  )

const known: ReadonlyArray<string> = spelled.flatMap(({ variables }) => variables)

/** Where a provider counts the items of a list. */
const ofList = /_\[\d+\]$/

/** No name of a setting has more words. */
const deepest = 5

/** The names, without their prefix, of all variables that begin with it. A provider need not be able to tell. */
const namesIn = (provider: ConfigProvider.ConfigProvider): Effect.Effect<ReadonlyArray<string>> => {
  const childrenOf = (path: Path): Effect.Effect<ReadonlyArray<string>> =>
    provider.flattened.enumerateChildren(path).pipe(
      Effect.map((names) => [...HashSet.values(names)]),
      Effect.orElseSucceed(() => [])
    )
  const below = (path: Path): Effect.Effect<ReadonlyArray<string>> =>
    path.length > deepest ? Effect.succeed([]) : Effect.flatMap(childrenOf(path), (children) =>
      children.length === 0
        ? Effect.succeed(path.length > 1 ? [path.slice(1).join("_")] : [])
        : Effect.map(Effect.forEach(children, (child) => below([...path, child])), (names) => names.flat()))
  return Effect.map(
    Effect.all([below([envPrefix]), childrenOf([]), childrenOf([envPrefix.toLowerCase()])]),
    ([nested, flat, written]) => [
      ...nested.map((name) => name.replace(ofList, "")),
      ...flat.flatMap((name) => name.startsWith(`${envPrefix}_`) ? [name.slice(envPrefix.length + 1)] : []),
      ...known.filter((name) => written.includes(camel(name)))
    ]
  )
}

/**
 * All variables of all keys, by their names without the prefix; and those that begin like them and are no keys', without
 * their values.
 */
export const variables: Effect.Effect<ReadonlyMap<string, unknown>, ConfigError.ConfigError> = Effect.gen(function*() {
  const found = new Map<string, unknown>()
  for (const { kind, variables } of spelled) {
    for (const name of variables) {
      // Lists only where there may be one, as each search goes through all variables.
      const value = yield* valueOf(name, kind === "list" ? asList : asText)
      if (Option.isSome(value)) found.set(name, value.value)
    }
  }
  const names = yield* Effect.configProviderWith(namesIn)
  for (const name of new Set(names)) {
    if (found.has(name)) continue
    // What is there and is no text can't be used: the setting's schema says what it is instead.
    found.set(name, known.includes(name) ? Option.getOrElse(yield* valueOf(name, asList), () => ({})) : undefined)
  }
  return found
})
