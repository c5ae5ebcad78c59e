/**
 * The error codes of the robot APIs, one table: v1 codes, legacy `errcode`s and those of session webhooks. Compared
 * lower-cased, because DingTalk's spelling wavers (`Throttling.Api`, `throttling.api`).
 */

/** What a code means for the one who called. */
export type Meaning =
  | "CredentialsRejected"
  | "PermissionDenied"
  | "IpNotAllowed"
  | "Throttled"
  | "QuotaExhausted"
  | "TargetGone"
  | "BadRequest"
  | "TooLarge"
  | "TokenRejected"
  /** The server says that it did not do it. */
  | "NotProcessed"
  /** The server says that something went wrong on its side, and not how far it had come. */
  | "Unsure"

const table: ReadonlyArray<readonly [Meaning, ReadonlyArray<string>]> = [
  ["CredentialsRejected", [
    "invalidClientIdOrSecret",
    "authFailed",
    "invalidAppKey",
    "appNotExist",
    "unauthorizedClient",
    "sign.not.match",
    "40096"
  ]],
  ["PermissionDenied", [
    "Forbidden.AccessDenied.AccessTokenPermissionDenied",
    "Forbidden.AccessToken",
    "Forbidden",
    "permission.checkFailed",
    "orgAuthLevelNotEnough",
    "88",
    "60011"
  ]],
  ["IpNotAllowed", ["Forbidden.AccessDenied.IpNotInWhiteList", "ip.not.match", "60020"]],
  ["Throttled", [
    "Forbidden.AccessDenied.QpsLimitForApi",
    "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi",
    "QpsLimitForApi",
    "QpsLimitForAppkeyAndApi",
    "Throttling",
    "Throttling.Api",
    "Throttling.User",
    "send.too.fast",
    "send.byToken.tooFast",
    "toomuch.msg",
    "too.many.people",
    "too.many.group",
    "90002",
    "90018",
    "90019",
    "130101",
    "302033",
    "410100"
  ]],
  ["QuotaExhausted", ["Forbidden.AccessDenied.ApiCountLimitForOrg", "ApiCountLimitForOrg", "90020", "90030"]],
  ["TargetGone", [
    "group.disbanded",
    "bot.stopped",
    "robot.oto.notExist",
    "chatbotId.notAllow.sendOTO",
    "send.forbidden",
    "chatbotNotInstall",
    "60003",
    "60121",
    "400013",
    "400102",
    "400106"
  ]],
  ["BadRequest", [
    "invalid.openConversationId",
    "openConversationId.notExisted",
    "staffId.notExisted",
    "illegal.receivers",
    "template.not.existed",
    "template.stopped",
    "Invalidbody",
    "contentSecurityChckFailed",
    "cardTemplateInvalid",
    "cardInstance.wrong",
    "processQueryKey.expireTime",
    "300001",
    "300005",
    "310000",
    "40035",
    "400101",
    "400105",
    "430101",
    "430102",
    "430103",
    "430104"
  ]],
  ["TooLarge", ["invalidParameter.msgParam.tooLong"]],
  ["TokenRejected", [
    "InvalidAuthentication",
    "token.notExisted",
    "invalidParameter.token.invalid",
    "40014",
    "42001"
  ]],
  ["NotProcessed", ["ServiceUnavailable", "system.err", "system.error", "systemError", "-1"]],
  ["Unsure", ["unknown.send.result", "InternalError", "unknownError"]]
]

const meanings: ReadonlyMap<string, Meaning> = new Map(
  table.flatMap(([meaning, codes]) => codes.map((code) => [code.toLowerCase(), meaning] as const))
)

/** Families of codes, asked after the table. */
const families: ReadonlyArray<readonly [RegExp, Meaning]> = [
  [/^(?:forbidden\.accessdenied\.)?qpslimit/, "Throttled"],
  [/^throttling\./, "Throttled"],
  [/^forbidden\./, "PermissionDenied"],
  [/^(?:invalidparameter\.|miss\.param\.|missing|param\.)/, "BadRequest"]
]

/** Every code of the table, as DingTalk spells it. */
export const knownCodes: ReadonlyArray<readonly [Meaning, string]> = table.flatMap(([meaning, codes]) =>
  codes.map((code) => [meaning, code] as const)
)

/** What a code means; `undefined` for one that nobody has told us about. */
export const meaningOf = (code: string): Meaning | undefined => {
  const lower = code.toLowerCase()
  return meanings.get(lower) ?? families.find(([pattern]) => pattern.test(lower))?.[1]
}

const fieldPatterns: ReadonlyArray<RegExp> = [
  /^invalidParameter\.([^.]+)\./i,
  /^miss\.param\.(.+)$/i,
  /^Missing(.+)$/i,
  /^Invalid(body)$/i,
  /^param\.(?!empty$)(.+?)(?:Empty|Invalid|NotExist|Unsafe)?$/i,
  /^(?:invalid|illegal)\.(.+)$/i,
  /^(staffId|openConversationId|processQueryKey|template)\./i
]

/** The field of the request that a code complains about, where the code says so. */
export const fieldOf = (code: string): string | undefined => {
  for (const pattern of fieldPatterns) {
    const field = pattern.exec(code)?.[1]
    if (field !== undefined) return field
  }
  return undefined
}
