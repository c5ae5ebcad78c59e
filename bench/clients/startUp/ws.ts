/** The least that connects: Node and `ws`. */
import { WebSocket } from "ws"
import { openingCall } from "../opening.ts"

const [, , gatewayUrl = "", clientId = ""] = process.argv

new WebSocket(await openingCall(gatewayUrl, clientId)).on("message", () => {})
