/**
 * To be imported before the client: takes the counting out of this package's metrics, and leaves all else as it is. There
 * is no setting for it, so the module that makes them is replaced on its way into the process.
 */
import { register } from "node:module"

register("./withoutMetricsHooks.js", import.meta.url)
