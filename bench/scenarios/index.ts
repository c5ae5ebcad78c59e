import { cluster } from "./cluster.ts"
import { flood } from "./flood.ts"
import { growth } from "./growth.ts"
import { handOver } from "./handOver.ts"
import { idle } from "./idle.ts"
import { inbox } from "./inbox.ts"
import { latency } from "./latency.ts"
import { observability } from "./observability.ts"
import { ordering } from "./ordering.ts"
import { outbound } from "./outbound.ts"
import { profile, profileOutbound } from "./profile.ts"
import type { Scenario } from "./Scenario.ts"
import { startUp } from "./startUp.ts"
import { throughput } from "./throughput.ts"

/** All scenarios, in the order in which they run. */
export const scenarios: ReadonlyArray<Scenario> = [
  throughput,
  latency,
  flood,
  ordering,
  inbox,
  cluster,
  observability,
  outbound,
  startUp,
  handOver,
  growth,
  idle,
  profile,
  profileOutbound
]
