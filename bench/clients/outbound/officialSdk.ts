/** The official SDK has no call to send with; its readme sends with axios, as the SDK's own calls do. */
import axios from "axios"
import { body, prove, repeat, run, sendPath, tokenHeader } from "./caller.ts"

run(({ apiUrl, text }) =>
  repeat(async () => {
    const { data } = await axios<{ readonly processQueryKey?: string }>({
      url: `${apiUrl}${sendPath}`,
      method: "POST",
      responseType: "json",
      data: body(text),
      headers: { Accept: "application/json", [tokenHeader]: "token" }
    })
    prove(data)
  })
)
