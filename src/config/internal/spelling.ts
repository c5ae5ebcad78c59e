/**
 * The ways in which the keys of the table may be written.
 */
import * as Arr from "effect/Array"
import * as Record from "effect/Record"
import * as Str from "effect/String"
import { type Entry, type KeyName, table } from "./keys.ts"

/** What every variable of the environment begins with. */
export const envPrefix = "DINGTALK"

const entries: Record.ReadonlyRecord<KeyName, Entry> = table

const shout = (name: string): string => Str.camelToSnake(name).toUpperCase()

/** A key and the ways to write it. Of several that are given, the first wins. */
export interface Spelled extends Entry {
  readonly key: KeyName
  readonly aliases: ReadonlyArray<string>
  /** In an object: the key, then its aliases, each in camelCase and in snake_case. */
  readonly spellings: ReadonlyArray<string>
  /** In the environment, without the prefix: the same names in SCREAMING_SNAKE. */
  readonly variables: ReadonlyArray<string>
  /** The variable to recommend, without the prefix. */
  readonly env: string
}

/** Every key of the table. */
export const spelled: ReadonlyArray<Spelled> = Record.toEntries(entries).map(([key, entry]) => {
  const names = [key, ...entry.aliases ?? []]
  return {
    ...entry,
    key,
    aliases: entry.aliases ?? [],
    spellings: Arr.dedupe(names.flatMap((name) => [name, Str.camelToSnake(name)])),
    variables: names.map(shout),
    env: entry.env ?? shout(key)
  }
})
