/** The opening call with nothing but Node's own HTTP client. */
import * as Http from "node:http"

export const messageTopic = "/v1.0/im/bot/messages/get"

/** Gives the address of the socket, with the ticket in it. */
export const openingCall = (gatewayUrl: string, clientId: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = Http.request(`${gatewayUrl}/v1.0/gateway/connections/open`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" }
    }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.once("end", () => {
        const { endpoint, ticket }: { readonly endpoint: string; readonly ticket: string } = JSON.parse(
          Buffer.concat(chunks).toString()
        )
        resolve(`${endpoint}?ticket=${encodeURIComponent(ticket)}`)
      })
    })
    request.once("error", reject)
    request.end(JSON.stringify({
      clientId,
      clientSecret: "s3cr3t",
      subscriptions: [{ type: "CALLBACK", topic: messageTopic }]
    }))
  })
