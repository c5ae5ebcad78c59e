/**
 * What the fake DingTalk can be told when it is made.
 *
 * @since 0.1.0
 */

/**
 * An application that the fake knows: one robot.
 *
 * @since 0.1.0
 * @category models
 */
export interface App {
  /** The Client ID (AppKey), compared exactly. */
  readonly clientId: string
  /** The Client Secret (AppSecret), compared exactly. */
  readonly clientSecret: string
  /** The robot's code. Default: `clientId`, as for every robot in Stream Mode. */
  readonly robotCode?: string | undefined
}

/**
 * Somebody of the organisation, as the legacy API tells.
 *
 * @since 0.1.0
 * @category models
 */
export interface Colleague {
  readonly staffId: string
  readonly name: string
  readonly mobile?: string | undefined
  readonly email?: string | undefined
  readonly title?: string | undefined
  readonly jobNumber?: string | undefined
  /** Default: the root, 1. */
  readonly departmentIds?: ReadonlyArray<number> | undefined
}

/**
 * A custom robot of a group (自定义机器人), which is sent to by a webhook.
 *
 * @since 0.1.0
 * @category models
 */
export interface CustomRobot {
  /** The `access_token` of its URL. */
  readonly accessToken: string
  /** With a secret, calls have to be signed (加签). Default: none. */
  readonly secret?: string | undefined
  /** Of these, each message has to hold one. Default: none. */
  readonly keywords?: ReadonlyArray<string> | undefined
}

/**
 * A department; the root is 1 and is called 总部 unless it is given.
 *
 * @since 0.1.0
 * @category models
 */
export interface Department {
  readonly id: number
  readonly name: string
  /** Default: the root, 1. */
  readonly parentId?: number | undefined
}

/**
 * A group of which more is known than that somebody spoke in it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Group {
  readonly openConversationId: string
  readonly title: string
  /** The staff id of its owner. */
  readonly ownerUserId: string
}

/**
 * The options of the fake. Times are real milliseconds of Node's own timers: the fake is a server, outside of any
 * `TestClock`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The port on 127.0.0.1. Default 0: a free one. */
  readonly port?: number | undefined
  /** The applications it knows; the first is the one of `config`. Default: {@link defaultApp} alone. */
  readonly apps?: readonly [App, ...ReadonlyArray<App>] | undefined
  /** Admit any client id with any secret. Default false. */
  readonly acceptAnyCredentials?: boolean | undefined
  /** From a notice to the end of the connection, in milliseconds. Default 10 000 (field logs: about 10 s). */
  readonly closeAfterNoticeMs?: number | undefined
  /**
   * A robot message, or another CALLBACK, without an answer is delivered again after so many milliseconds, until it is
   * answered. Default: never, as documented. The field saw 16 s, 60 s and minutes; the official Node SDK says 60 000.
   */
  readonly redeliverAfterMs?: number | undefined
  /** An EVENT without an answer is delivered again after so many milliseconds. Default 60 000. */
  readonly redeliverEventsAfterMs?: number | undefined
  /** An EVENT that was answered LATER is delivered again so many milliseconds after that answer. Default 60 000. */
  readonly redeliverLaterAfterMs?: number | undefined
  /** How long the QR code of an onboarding by scan is good for, in seconds. Default 7 200 (seen in the field). */
  readonly registrationTtlSeconds?: number | undefined
  /** How often a client is to ask whether somebody has scanned it, in seconds. Default 3 (3 to 5 were seen). */
  readonly registrationIntervalSeconds?: number | undefined
  /** How long a ticket is good for, in milliseconds. Default 90 000 (documented). */
  readonly ticketTtlMs?: number | undefined
  /** How long an access token is good for, in seconds. Default 7 200 (documented). */
  readonly tokenTtlSeconds?: number | undefined
  /** How long a session webhook is good for, in milliseconds. Default 5 400 000 (every documented sample). */
  readonly webhookTtlMs?: number | undefined
  /**
   * Calls that one application may make to one API in one second; a further one is answered 403
   * `Forbidden.AccessDenied.QpsLimitForApi`, or, of the legacy API, 88 with the `sub_code` 90018. Default: no limit.
   */
  readonly qps?: number | undefined
  /**
   * Calls with a token that one application may make in all, as in a month; a further one is answered 403
   * `Forbidden.AccessDenied.ApiCountLimitForOrg`, or, of the legacy API, 90020. Default: no limit.
   */
  readonly quota?: number | undefined
  /**
   * Calls of all applications together, as from one address, in 20 seconds; the first one too many locks the address out
   * for 5 minutes, with HTTP 200 and a body that is no answer. Default: no limit (DingTalk's is 10 000).
   */
  readonly addressLimit?: number | undefined
  /** How long a message can be recalled, in milliseconds. Default 86 400 000 (documented). */
  readonly recallTtlMs?: number | undefined
  /** How long the link of a file is good for, in milliseconds. Default 3 600 000 (ours: documented is "a short time"). */
  readonly downloadTtlMs?: number | undefined
  /** The card templates that there are, by id; others are refused. Default: all that anybody names. */
  readonly cardTemplates?: ReadonlyArray<string> | undefined
  /** Who is in the organisation. Default: whoever is asked for, called by what is asked for. */
  readonly people?: ReadonlyArray<Colleague> | undefined
  /** The departments. Default: the root alone. */
  readonly departments?: ReadonlyArray<Department> | undefined
  /** What groups are called. Default: by their ids, those that the robot is in. */
  readonly groups?: ReadonlyArray<Group> | undefined
  /**
   * The scopes that applications have, of those that looking up people and groups needs: `qyapi_get_member`,
   * `qyapi_get_member_by_mobile`, `qyapi_get_department_list`, `qyapi_chat_manage`, `fieldMobile`, `fieldEmail`.
   * Default: all.
   */
  readonly scopes?: ReadonlyArray<string> | undefined
  /** The custom robots that there are; what is sent by another token is refused. Default: all that anybody names. */
  readonly customRobots?: ReadonlyArray<CustomRobot> | undefined
  /** Send the SYSTEM frames CONNECTED and REGISTERED behind the handshake. Default false: no gateway of today does. */
  readonly greet?: boolean | undefined
  /** Send a SYSTEM ping to every connection each so many milliseconds. Default: never. */
  readonly pingIntervalMs?: number | undefined
  /** Longest that an `await…` waits, in milliseconds, before it fails with what it saw instead. Default 5 000. */
  readonly awaitTimeoutMs?: number | undefined
  /** Picks the connection of a delivery: a number in [0, 1). Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

/**
 * The application that the fake knows unless it is told of others.
 *
 * @since 0.1.0
 * @category constants
 */
export const defaultApp: App = { clientId: "dingfakeappkey", clientSecret: "fake-secret" }
