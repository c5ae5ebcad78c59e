import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

/**
 * Rooms whose tests leave nothing behind in the modules that they load, and so share them: to load `effect` anew for each
 * file takes longer than most of them run. They are read by one thread: so many that it ends when the others do.
 */
const rooms = [
  "cli",
  "cluster",
  "config",
  "conversation",
  "inbound",
  "internal",
  "outbound",
  "security",
  "sql",
  "stream",
  "testing"
]

const sharing = ["test/*.test.ts", ...rooms.map((room) => `test/${room}/**/*.test.ts`)]

const postgres = "test/utils/postgresSetup.ts"

const common = { testTimeout: 20_000, hookTimeout: 20_000, globalSetup: [postgres] }

export default defineConfig({
  resolve: {
    alias: [
      { find: /^effect-dingtalk$/, replacement: source("index.ts") },
      { find: /^effect-dingtalk\/testing$/, replacement: source("testing/index.ts") },
      { find: /^effect-dingtalk\/cluster$/, replacement: source("cluster/index.ts") },
      { find: /^effect-dingtalk\/node$/, replacement: source("node/index.ts") },
      { find: /^effect-dingtalk\/sql$/, replacement: source("sql/index.ts") },
      { find: /^effect-dingtalk\/console$/, replacement: source("console/index.ts") }
    ]
  },
  test: {
    // Together two more than there are cores: many tests wait for other processes and for sockets.
    poolOptions: { threads: { isolate: false, minThreads: 1, maxThreads: 1 } },
    minWorkers: 1,
    maxWorkers: availableParallelism() + 1,
    projects: [
      { extends: true, test: { ...common, name: "sharing", pool: "threads", include: sharing } },
      {
        extends: true,
        test: {
          ...common,
          name: "apart",
          include: ["test/**/*.test.ts", "examples/**/*.test.ts", "src/cli/new/template/**/*.test.ts"],
          exclude: sharing,
          globalSetup: [postgres, "test/utils/globalSetup.ts"]
        }
      }
    ]
  }
})
