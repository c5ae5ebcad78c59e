/** Sending on platform's own layer, as with any `HttpClient` that an application brings along. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { runOn } from "./sender.ts"

runOn(NodeHttpClient.layerUndici)
