/** Puts the fake together: one state, one book of deliveries, one server. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Fake } from "../FakeDingTalk.ts"
import { listen, makeWatch, timers as makeTimers } from "./boundary.ts"
import { makeDeliveries } from "./deliveries.ts"
import { faults } from "./faults.ts"
import { serveHttp } from "./httpSide.ts"
import { type Parts, pingLink } from "./parts.ts"
import { makeBacklog, speak, systemParcel } from "./people.ts"
import { makeRegistry } from "./registry.ts"
import { awaiting, readBack } from "./seeing.ts"
import type { Settings } from "./settings.ts"
import { speaking } from "./speaking.ts"
import { makeState } from "./state.ts"
import { serveUpgrades } from "./upgrades.ts"

export const make = (settings: Settings): Effect.Effect<Fake, never, Scope.Scope> =>
  Effect.gen(function*() {
    const timers = yield* makeTimers
    const { port, server } = yield* listen(settings.port)
    const host = `127.0.0.1:${port}`
    const url = `http://${host}`
    const watch = makeWatch(settings.awaitTimeoutMs)
    const { changed } = watch
    const state = makeState(settings)
    const [{ clientId, clientSecret }] = settings.apps
    const registry = makeRegistry()
    const deliveries = makeDeliveries({ settings, timers, changed, registry })
    const backlog = makeBacklog(deliveries)
    const upgrades = serveUpgrades({
      server,
      state,
      timers,
      events: {
        text: deliveries.answered,
        binary: deliveries.gotBinary,
        closed: (link) => {
          registry.remove(link)
          changed()
        },
        changed
      },
      onOpen: (link) => {
        registry.add(link)
        if (settings.greet) {
          for (const topic of ["CONNECTED", "REGISTERED"]) {
            deliveries.deliverOn(link, systemParcel(link.clientId, topic, {}))
          }
        }
        backlog.deliverTo(link.clientId)
      }
    })
    const http = serveHttp({ server, host, settings, state, timers, changed })
    if (settings.pingIntervalMs !== undefined) {
      timers.every(settings.pingIntervalMs, () => {
        for (const link of registry.live()) pingLink({ deliveries }, link)
      })
    }
    const defaultClient = () => (settings.acceptAnyCredentials ? registry.latest() : undefined) ?? clientId
    const parts: Parts = {
      settings,
      host,
      watch,
      state,
      registry,
      upgrades,
      deliveries,
      http,
      timers,
      speak: (body, options, said) => speak({ settings, state, host, defaultClient }, body, options, said),
      hold: ({ parcels }) => backlog.add(parcels),
      defaultClient
    }
    const back = readBack(parts)
    return {
      port,
      url,
      config: { appKey: clientId, appSecret: clientSecret, apiBaseUrl: url, oapiBaseUrl: url },
      ...speaking(parts),
      ...faults(parts),
      ...back,
      ...awaiting(parts, back)
    }
  })
