import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { PinnedAddresses } from "../../../src/internal/net/pinnedAddresses.ts"
import * as GuardedFetch from "../../../src/outbound/media/GuardedFetch.ts"
import { HostResolver } from "../../../src/outbound/media/HostResolver.ts"
import * as Fake from "../api/utils/fakeApi.ts"

const policy: GuardedFetch.Policy = { account: "default", operation: "test", allowedHosts: [], allowHttp: false }

const names: Readonly<Record<string, ReadonlyArray<string>>> = {
  "good.example": ["93.184.216.34", "2606:2800:220:1::1"],
  "other.example": ["93.184.216.35"],
  "inside.example": ["10.0.0.7"],
  "mixed.example": ["93.184.216.34", "127.0.0.1"],
  "mapped.example": ["::ffff:169.254.169.254"],
  "empty.example": []
}

const resolver = {
  resolve: (host: string) => {
    const addresses = names[host]
    return addresses === undefined ? Effect.fail("ENOTFOUND") : Effect.succeed(addresses)
  }
}

/** Ends in the status and the last URL, or in why not. */
const get = (url: string, api: Fake.FakeApi, overrides: Partial<GuardedFetch.Policy> = {}) =>
  GuardedFetch.get(api.client, url, { ...policy, ...overrides }).pipe(
    Effect.match({
      onFailure: (error) =>
        error._tag === "UrlRefused" ? `${error.reason} ${error.host} ${error.detail}`.trim() : error._tag,
      onSuccess: ({ response, url }) => `${response.status} ${url.href}`
    }),
    Effect.scoped,
    Effect.provideService(HostResolver, resolver)
  )

const ok = { status: 200, body: "" } as const
const redirect = (location: string, status = 302) => ({ status, body: "", headers: { location } })

/** Answers by URL; everything else is ok. */
const server = (answers: Readonly<Record<string, Fake.Answer>> = {}) => Fake.make(({ url }) => answers[url] ?? ok)

describe("GuardedFetch", () => {
  it.effect("fetches from public hosts, by name or address", () =>
    Effect.gen(function*() {
      const api = server()
      for (const url of ["https://good.example/a?b=c", "https://8.8.8.8/", "https://good.example:8443/"]) {
        assert.strictEqual(yield* get(url, api), `200 ${url}`)
      }
      assert.strictEqual(yield* get("https://GOOD.example./", api), "200 https://good.example./")
    }))

  const refused: ReadonlyArray<readonly [url: string, why: string]> = [
    ["nonsense", "invalid"],
    ["http://good.example/", "scheme good.example http:"],
    ["ftp://good.example/", "scheme good.example ftp:"],
    ["file:///etc/passwd", "scheme  file:"],
    ["https://user:password@good.example/", "credentials good.example"],
    ["https://127.0.0.1/", "address 127.0.0.1 loopback"],
    ["https://localhost/", "unresolved localhost ENOTFOUND"],
    ["https://[::1]/", "address ::1 loopback"],
    ["https://[::ffff:127.0.0.1]/", "address ::ffff:7f00:1 loopback"],
    // The same address as numbers that only some parsers know.
    ["https://2130706433/", "address 127.0.0.1 loopback"],
    ["https://0x7f.1/", "address 127.0.0.1 loopback"],
    ["https://0177.0.0.1/", "address 127.0.0.1 loopback"],
    ["https://169.254.169.254/latest/meta-data/", "address 169.254.169.254 metadata"],
    ["https://100.100.100.200/", "address 100.100.100.200 metadata"],
    ["https://10.1.2.3/", "address 10.1.2.3 private"],
    ["https://[fe80::1]/", "address fe80::1 linkLocal"],
    ["https://0.0.0.0/", "address 0.0.0.0 reserved"],
    ["https://inside.example/", "address inside.example private"],
    ["https://mixed.example/", "address mixed.example loopback"],
    ["https://mapped.example/", "address mapped.example metadata"],
    ["https://empty.example/", "unresolved empty.example"],
    ["https://unknown.example/", "unresolved unknown.example ENOTFOUND"]
  ]
  for (const [url, why] of refused) {
    it.effect(`${url}: ${why}, and no call, directly or by a redirect`, () =>
      Effect.gen(function*() {
        const api = server({ "https://good.example/": redirect(url) })
        assert.strictEqual(yield* get(url, api), why)
        assert.strictEqual(api.seen.length, 0)
        // A relative one is no nonsense.
        if (url === "nonsense") return
        assert.strictEqual(yield* get("https://good.example/", api), why)
        assert.deepStrictEqual(api.seen.map(({ url }) => url), ["https://good.example/"])
      }))
  }

  it.effect("follows redirects, each looked at, up to five", () =>
    Effect.gen(function*() {
      const api = server({
        "https://good.example/": redirect("https://other.example/a/b", 301),
        "https://other.example/a/b": redirect("../c?d=e", 307),
        "https://other.example/loop": redirect("/loop")
      })
      assert.strictEqual(yield* get("https://good.example/", api), "200 https://other.example/c?d=e")
      assert.strictEqual(yield* get("https://other.example/loop", api), "redirects other.example")
      assert.strictEqual(api.seen.filter(({ path }) => path === "/loop").length, 6)
    }))

  it.effect("a later redirect to the inside is refused, too", () =>
    Effect.gen(function*() {
      const api = server({
        "https://good.example/": redirect("https://other.example/"),
        "https://other.example/": redirect("https://169.254.169.254/latest/meta-data/")
      })
      assert.strictEqual(yield* get("https://good.example/", api), "address 169.254.169.254 metadata")
      assert.strictEqual(api.seen.length, 2)
    }))

  it.effect("an allowed host may be anywhere, but what it redirects to may not", () =>
    Effect.gen(function*() {
      const api = server({ "http://inside.example/go": redirect("http://10.0.0.8/") })
      const allowed = { allowedHosts: ["inside.example", "127.0.0.1"] }
      assert.strictEqual(yield* get("http://inside.example/", api, allowed), "200 http://inside.example/")
      assert.strictEqual(yield* get("http://127.0.0.1:8080/", api, allowed), "200 http://127.0.0.1:8080/")
      assert.strictEqual(yield* get("http://inside.example/go", api, allowed), "scheme 10.0.0.8 http:")
      assert.strictEqual(
        yield* get("http://inside.example/go", api, { ...allowed, allowHttp: true }),
        "address 10.0.0.8 private"
      )
    }))

  it.effect("says how it ended otherwise", () =>
    Effect.gen(function*() {
      const api = server({
        "https://good.example/404": { status: 404, body: "" },
        "https://good.example/500": { status: 500, body: "" },
        "https://good.example/429": { status: 429, body: "" },
        "https://good.example/304": { status: 304, body: "" },
        "https://good.example/302": { status: 302, body: "" },
        "https://good.example/cut": { broken: Fake.systemError("ECONNRESET") }
      })
      const ends = ["404", "500", "429", "304", "302", "cut"]
      assert.deepStrictEqual(
        yield* Effect.forEach(ends, (end) => get(`https://good.example/${end}`, api)),
        ["BadRequest", "Unavailable", "Unavailable", "Unavailable", "Unavailable", "Unavailable"]
      )
    }))

  it.effect("each hop connects to the addresses that were checked, and a name is looked up once", () =>
    Effect.gen(function*() {
      const lookups: Array<string> = []
      const pinned: Array<ReadonlyArray<string>> = []
      const api = server({
        "https://good.example/": redirect("https://other.example/to"),
        "https://other.example/to": redirect("https://8.8.8.8/")
      })
      const noting = HttpClient.transform(api.client, (response) =>
        Effect.flatMap(PinnedAddresses, (addresses) => {
          pinned.push(addresses)
          return response
        }))
      yield* GuardedFetch.get(noting, "https://good.example/", policy).pipe(
        Effect.scoped,
        Effect.provideService(HostResolver, {
          // By the second look it is on the inside.
          resolve: (host) =>
            Effect.suspend(() => {
              const again = lookups.includes(host)
              lookups.push(host)
              return again ? Effect.succeed(["10.0.0.7"]) : resolver.resolve(host)
            })
        })
      )
      assert.deepStrictEqual(lookups, ["good.example", "other.example"])
      assert.deepStrictEqual(pinned, [names["good.example"], names["other.example"], []])
    }))

  it.effect("an error does not show more of the URL than its host", () =>
    Effect.gen(function*() {
      const url = "https://good.example/secret-path?signature=secret"
      const api = server({ [url]: { status: 403, body: "" } })
      const error = yield* GuardedFetch.get(api.client, url, policy).pipe(
        Effect.flip,
        Effect.scoped,
        Effect.provideService(HostResolver, resolver)
      )
      assert.include(error.message, "good.example")
      assert.notInclude(`${error.message} ${JSON.stringify(error)}`, "secret")
    }))
})
