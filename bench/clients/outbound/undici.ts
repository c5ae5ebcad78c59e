/** The floor of sending: undici, a body, an answer that is read. */
import { request } from "undici"
import { body, prove, repeat, run, sendPath, tokenHeader } from "./caller.ts"

run(({ apiUrl, text }) =>
  repeat(async () => {
    const response = await request(`${apiUrl}${sendPath}`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", [tokenHeader]: "token" },
      body: JSON.stringify(body(text))
    })
    const answer: { readonly processQueryKey?: string } = JSON.parse(await response.body.text())
    if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode}`)
    prove(answer)
  })
)
