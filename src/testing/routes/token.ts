/** Access tokens, of the v1 API and of the legacy one. A token of either is good for both. */
import { admits } from "../internal/settings.ts"
import { legacy, refuse, type Route, succeed, withBody } from "./route.ts"
import type { Change } from "./World.ts"

const minted = (id: string, clientId: string, expiresAt: number): Change => ({
  _tag: "TokenMinted",
  id,
  token: { clientId, expiresAt }
})

/** A wrong pair is HTTP 400 here, where the opening call answers 401. */
export const accessToken: Route = withBody(
  ["appKey", "appSecret"],
  ({ appKey, appSecret }, call, { settings }) =>
    admits(settings, appKey, appSecret)
      ? succeed(
        { expireIn: settings.tokenTtlSeconds, accessToken: call.id },
        minted(call.id, appKey, call.at + settings.tokenTtlSeconds * 1_000)
      )
      : refuse(call, 400, "invalidClientIdOrSecret", "无效的clientId或者clientSecret")
)

export const getToken: Route = (call, { settings }) => {
  const { appkey, appsecret } = call.query
  return admits(settings, appkey, appsecret)
    ? legacy(
      0,
      "ok",
      { access_token: call.id, expires_in: settings.tokenTtlSeconds },
      minted(call.id, appkey, call.at + settings.tokenTtlSeconds * 1_000)
    )
    : legacy(40096, "不合法的appKey或appSecret")
}
