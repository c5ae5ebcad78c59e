import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

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
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    globalSetup: ["test/utils/globalSetup.ts"],
    // One more than there are cores: many tests wait for other processes and for sockets.
    maxWorkers: availableParallelism() + 1,
    minWorkers: 1,
    testTimeout: 20_000,
    hookTimeout: 20_000
  }
})
