/** PostgreSQL. */
import * as PgClient from "@effect/sql-pg/PgClient"
import type * as Redacted from "effect/Redacted"
import { Socket } from "node:net"

/** After so long a silence a connection is given up, in milliseconds: the network alone would try for a quarter of an hour. */
const silenceMs = 15_000

const stream = () => {
  const socket = new Socket()
  return socket.setTimeout(silenceMs, () => socket.destroy(new Error("the database does not answer")))
}

export const layer = (url: Redacted.Redacted<string>) =>
  PgClient.layer({ url, stream, applicationName: "effect-dingtalk", connectTimeout: "10 seconds" })
