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
import type { Entry } from "./keys.ts"
import { envPrefix, spelled } from "./spelling.ts"

type Path = ReadonlyArray<string>

const camel = (name: string): string => Str.snakeToCamel(name.toLowerCase())

/** Where a variable may be: in flat maps, in nested ones, and in objects as people write them. */
const placesOf = (name: string): ReadonlyArray<Path> => [
  [envPrefix, name],
  [`${envPrefix}_${name}`],
  [envPrefix.toLowerCase(), camel(name)]
]

/** A provider of objects has lists, too: looked for where there may be one, as each search goes through all variables. */
const at = (path: Path, kind: Entry["kind"]): Config.Config<unknown> => {
  const [name = "", ...above] = path.toReversed()
  const text: Config.Config<unknown> = Config.string(name)
  const value = kind === "list" ? Config.orElse(text, () => Config.array(Config.string(), name)) : text
  return above.reduce((config, each) => Config.nested(config, each), value)
}

const valueOf = (name: string, kind: Entry["kind"]): Config.Config<Option.Option<unknown>> =>
  Config.option(
    placesOf(name).map((path) => at(path, kind)).reduce((first, second) => Config.orElse(first, () => second))
  )

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
  return Effect.zipWith(below([envPrefix]), childrenOf([]), (nested, flat) => [
    ...nested,
    ...flat.flatMap((name) => name.startsWith(`${envPrefix}_`) ? [name.slice(envPrefix.length + 1)] : [])
  ])
}

/**
 * All variables of all keys, by their names without the prefix; and those that begin like them and are no keys', without
 * their values.
 */
export const variables: Effect.Effect<ReadonlyMap<string, unknown>, ConfigError.ConfigError> = Effect.gen(function*() {
  const found = new Map<string, unknown>()
  for (const { kind, variables } of spelled) {
    for (const name of variables) {
      const value = yield* valueOf(name, kind)
      if (Option.isSome(value)) found.set(name, value.value)
    }
  }
  const names = yield* Effect.configProviderWith(namesIn)
  for (const name of names) if (!found.has(name)) found.set(name, undefined)
  return found
})
