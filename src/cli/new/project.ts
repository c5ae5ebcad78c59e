/**
 * A new robot's folder: what is in it. Pure.
 *
 * @since 0.1.0
 */

/**
 * What a folder is made of.
 *
 * @since 0.1.0
 * @category models
 */
export interface Template {
  /** Texts by path. `my-bot` in them stands for the name; what is hidden goes without its dot. */
  readonly files: Readonly<Record<string, string>>
  /** Versions by package, as they were tried together. */
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

/** What npm takes for the name of a package, and Docker for that of an image. */
const acceptable = /^[a-z0-9][a-z0-9._-]{0,213}$/

/**
 * Whether a folder's name can be the robot's.
 *
 * @since 0.1.0
 * @category decisions
 */
export const isName = (name: string): boolean => acceptable.test(name)

const manifest = (name: string, { dependencies, devDependencies }: Template): string =>
  `${
    JSON.stringify(
      {
        name,
        version: "0.1.0",
        private: true,
        type: "module",
        engines: { node: ">=20" },
        scripts: { build: "tsc", start: "node dist/main.js", test: "vitest run" },
        dependencies,
        devDependencies
      },
      undefined,
      2
    )
  }\n`

const hidden = (path: string): string => /^(?:git|docker)ignore$/.test(path) ? `.${path}` : path

/**
 * The files of a folder, by path.
 *
 * @since 0.1.0
 * @category constructors
 */
export const files = (name: string, template: Template): ReadonlyMap<string, string> =>
  new Map([
    ["package.json", manifest(name, template)],
    ...Object.entries(template.files).map(([path, text]) => [hidden(path), text.replaceAll("my-bot", name)] as const)
  ])
