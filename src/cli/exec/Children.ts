/**
 * The groups of processes that this program has started. None of them outlives it.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/**
 * @since 0.1.0
 * @category tags
 */
export class Children extends Context.Tag("effect-dingtalk/cli/exec/Children")<Children, {
  /** From now on the group, named by its leader's pid, ends with this process, however that ends. */
  readonly add: (group: number) => void
  /** Ends whatever is left of the group, by SIGKILL. */
  readonly remove: (group: number) => void
}>() {}

const isWindows = process.platform === "win32"

/**
 * Signals all processes of a group; `false` where there are none. Windows has no groups: there it is the leader alone.
 *
 * @since 0.1.0
 * @category operations
 */
export const signal = (group: number, name: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(isWindows ? group : -group, name)
  } catch {
    return false
  }
}

/**
 * Ends at every end of this process but SIGKILL and an abort what it knows by then: also at one that runs no finalizers.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Children> = Layer.scoped(
  Children,
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const groups = new Set<number>()
        const killAll = () => groups.forEach((group) => signal(group, "SIGKILL"))
        process.on("exit", killAll)
        return { groups, killAll }
      }),
      ({ killAll }) =>
        Effect.sync(() => {
          process.off("exit", killAll)
          killAll()
        })
    ),
    ({ groups }) => ({
      add: (group) => groups.add(group),
      remove: (group) => {
        if (groups.delete(group)) signal(group, "SIGKILL")
      }
    })
  )
)
