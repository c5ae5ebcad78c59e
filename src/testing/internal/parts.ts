/** What the public face of the fake is built on. */
import { randomUUID } from "node:crypto"
import type * as Payloads from "../Payloads.ts"
import type { Say, Which } from "../Say.ts"
import type * as Seen from "../Seen.ts"
import type { Timers, Watch } from "./boundary.ts"
import type { Deliveries } from "./deliveries.ts"
import type { HttpSide } from "./httpSide.ts"
import type { Link } from "./link.ts"
import { type Spoken, systemParcel } from "./people.ts"
import type { Registry } from "./registry.ts"
import type { Settings } from "./settings.ts"
import type { State } from "./state.ts"
import type { Upgrades } from "./upgrades.ts"

/** What the fake is made of. */
export interface Parts {
  readonly settings: Settings
  readonly host: string
  readonly watch: Watch
  readonly state: State
  readonly registry: Registry
  readonly upgrades: Upgrades
  readonly deliveries: Deliveries
  readonly http: HttpSide
  readonly timers: Timers
  readonly speak: (body: Payloads.Body, options: Say, said?: string) => Spoken
  readonly hold: (spoken: Spoken) => void
  readonly defaultClient: () => string
}

export const linksOf = ({ registry }: Parts, { clientId, connection }: Which): ReadonlyArray<Link> =>
  (clientId === undefined ? registry.live() : registry.of(clientId))
    .filter((link) => connection === undefined || link.id === connection)

export const pingLink = ({ deliveries }: Pick<Parts, "deliveries">, link: Link): Seen.Delivery => {
  const opaque = randomUUID()
  return deliveries.deliverOn(link, systemParcel(link.clientId, "ping", { opaque }), opaque)
}
