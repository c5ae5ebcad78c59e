/**
 * The environment as a map of the variables that are set.
 */
import * as Arr from "effect/Array"
import * as Config from "effect/Config"
import * as Option from "effect/Option"
import { envPrefix, spelled } from "./spelling.ts"

const optional = (name: string) =>
  Config.map(Config.option(Config.string(name)), Option.map((value) => [name, value] as const))

/** All variables of all keys, by their names without the prefix. */
export const variables: Config.Config<ReadonlyMap<string, string>> = Config.all(
  spelled.flatMap(({ variables }) => variables.map(optional))
).pipe(
  Config.map((values) => new Map(Arr.getSomes(values))),
  Config.nested(envPrefix)
)
