/**
 * The process's side of the set-up form: reads the file, validates what is to be written by the configuration's own rules,
 * writes it, and has it put in force.
 *
 * @since 0.1.0
 */
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { pipe } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import { createHash, randomUUID } from "node:crypto"
import { encode } from "uqr"
import type { Sentence } from "../../console/Protocol.ts"
import * as Protocol from "../../console/SetupProtocol.ts"
import * as DingTalkConfig from "../../DingTalkConfig.ts"
import { problemOf } from "../../outbound/media/Source.ts"
import * as PageServer from "../../pageServer/PageServer.ts"
import * as Doctor from "../commands/doctor.ts"
import type { Finding } from "../doctor/Finding.ts"
import type { UsageError } from "../errors.ts"
import * as Draft from "../init/draft.ts"
import * as Network from "../network.ts"
import * as SecretFile from "../process/secretFile.ts"
import * as Registration from "../scan/Registration.ts"
import type { RegistrationError } from "../scan/RegistrationError.ts"
import { catalogue, Language } from "../words/Catalogue.ts"
import * as Document from "./Document.ts"

/**
 * What it is made from.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly path: string
  /** Puts the file in force, after it was written. */
  readonly reload: Effect.Effect<void>
}

const sentence = (message: string): Sentence => ({
  en: catalogue.en.ending.issue(message),
  zh: catalogue.zh.ending.issue(message)
})

const refuse = (code: string, message: string) => new PageServer.Refused({ code, message })

interface File {
  readonly text: string
  readonly revision: string
  readonly fields: Draft.Fields
}

const revisionOf = (text: string): string => createHash("sha256").update(text).digest("base64url")

/** The file as it is; one that is not there is empty. */
const read = (path: string): Effect.Effect<File, PageServer.Refused, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const text = yield* SecretFile.read(path)
    const fields = yield* Effect.mapError(
      Draft.read(text),
      ({ mistake }) => refuse("notJson", mistake ?? "it must hold a JSON object")
    )
    return { text, revision: revisionOf(text), fields }
  }).pipe(
    Effect.catchTag("SystemError", "BadArgument", (error) => refuse("unreadable", problemOf(error)))
  )

const formOf = (path: string, { fields, revision }: File): Protocol.Form => ({
  path,
  revision,
  keys: Document.keys,
  levels: Document.levels(fields)
})

/** A QR code that was shown, and what waits for it. */
interface Scan {
  readonly fiber: Fiber.Fiber<Registration.Credentials, RegistrationError>
}

const nameTaken: Sentence = { en: "is the name of another account", zh: "已是另一个账号的名称" }

const rowsOf = (text: string): ReadonlyArray<string> =>
  encode(text, { border: 2 }).data.map((row) => row.map((isDark) => isDark ? "1" : "0").join(""))

/**
 * The calls of the form. What a scan has brought is known until the scope closes.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = ({ path, reload }: Options): Effect.Effect<HttpRouter.HttpRouter, UsageError, Scope.Scope> =>
  Effect.gen(function*() {
    const scope = yield* Effect.scope
    // As long-lived as what waits for a scan.
    const network = yield* Layer.build(Network.layer)
    const scans = yield* Ref.make<ReadonlyMap<string, Scan>>(new Map())
    const brought = yield* Ref.make<ReadonlyMap<string, Registration.Credentials>>(new Map())
    const writing = yield* Effect.makeSemaphore(1)

    const applied = (fields: Draft.Fields, { levels }: Protocol.Draft) =>
      Effect.map(Ref.get(brought), (known) =>
        Document.apply(fields, levels, (scan) =>
          Option.getOrUndefined(
            Option.map(Option.fromNullable(known.get(scan)), ({ clientSecret }) => Redacted.value(clientSecret))
          )))
    /** The settings that a draft makes, or all that is wrong with it. */
    const settingsOf = (fields: Draft.Fields, { levels }: Protocol.Draft) =>
      Effect.mapError(DingTalkConfig.decodeUnknown(fields), ({ issues }) => {
        const placeOf = Document.placeOf(levels)
        return issues.map((issue): Protocol.Issue => ({
          ...placeOf(issue),
          path: issue.path,
          message: sentence(issue.message)
        }))
      })
    const verdict = (draft: Protocol.Draft) =>
      Effect.gen(function*() {
        const { fields } = yield* read(path)
        const found = yield* Effect.either(settingsOf(yield* applied(fields, draft), draft))
        const taken = Document.namesakes(draft.levels).map((level): Protocol.Issue => ({
          level,
          path: "",
          message: nameTaken
        }))
        return {
          issues: [...taken, ...Either.match(found, { onLeft: (issues) => issues, onRight: () => [] })],
          warnings: Either.match(found, { onLeft: () => [], onRight: ({ warnings }) => warnings.map(sentence) })
        }
      })
    const save = (draft: Protocol.Draft) =>
      Effect.gen(function*() {
        const before = yield* read(path)
        if (before.revision !== draft.revision) {
          return yield* refuse("changed", "the file was changed meanwhile: load it again")
        }
        if ((yield* verdict(draft)).issues.length > 0) return yield* refuse("invalid", "something is wrong with it")
        yield* SecretFile.write(path, Document.toText(yield* applied(before.fields, draft), before.text)).pipe(
          Effect.catchTag("SystemError", "BadArgument", (error) => refuse("unwritable", problemOf(error)))
        )
        yield* reload
        return formOf(path, yield* read(path))
      }).pipe(writing.withPermits(1))
    const examine = (draft: Protocol.Draft, locale: "en" | "zh") =>
      Effect.gen(function*() {
        const { fields } = yield* read(path)
        const settings = yield* Effect.mapError(
          settingsOf(yield* applied(fields, draft), draft),
          () => refuse("invalid", "something is wrong with it")
        )
        const findings = yield* Ref.make<ReadonlyArray<Finding>>([])
        yield* Doctor.inspect(settings, (finding) => Ref.update(findings, (all) => [...all, finding])).pipe(
          Effect.catchTag("UsageError", ({ message }) => refuse("network", message))
        )
        return (yield* Ref.get(findings)).map(({ account, status, step, todo, what }): Protocol.Finding => ({
          account,
          status,
          step,
          todo,
          what
        }))
      }).pipe(Effect.provideService(Language, catalogue[locale]))
    const scan = Effect.gen(function*() {
      const { fields } = yield* read(path)
      const oapiBaseUrl = Draft.oapiBaseUrlOf(fields)
      const invitation = yield* Registration.begin(oapiBaseUrl).pipe(
        Effect.mapError(({ detail, reason }) => refuse(`scan.${reason}`, detail))
      )
      const id = randomUUID()
      const fiber = yield* Registration.complete(oapiBaseUrl, invitation).pipe(
        Effect.tap((credentials) => Ref.update(brought, (all) => new Map(all).set(id, credentials))),
        Effect.forkIn(scope)
      )
      yield* Ref.update(scans, (all) => new Map(all).set(id, { fiber }))
      return { scan: id, url: invitation.url, rows: rowsOf(invitation.url), lifeMs: invitation.lifeMs }
    }).pipe(Effect.provide(network))
    const scanned = (id: string): Effect.Effect<typeof Protocol.Scanned.success.Type> =>
      Effect.gen(function*() {
        const found = (yield* Ref.get(scans)).get(id)
        if (found === undefined) return { _tag: "Failed", reason: "expired", detail: "" }
        return Option.match(yield* Fiber.poll(found.fiber), {
          onNone: () => ({ _tag: "Waiting" }),
          onSome: Exit.match({
            onSuccess: ({ clientId }) => ({ _tag: "Done", clientId }),
            onFailure: (cause) =>
              cause._tag === "Fail"
                ? { _tag: "Failed", reason: cause.error.reason, detail: cause.error.detail }
                : { _tag: "Failed", reason: "odd", detail: "" }
          })
        })
      })
    const withFiles = <A, E>(effect: Effect.Effect<A, E, NodeContext.NodeContext>): Effect.Effect<A, E> =>
      Effect.provide(effect, NodeContext.layer)
    return pipe(
      HttpRouter.empty,
      PageServer.answer(Protocol.Read, () => withFiles(Effect.map(read(path), (file) => formOf(path, file)))),
      PageServer.answer(Protocol.Check, (draft) => withFiles(verdict(draft))),
      PageServer.answer(Protocol.Save, (draft) => withFiles(save(draft))),
      PageServer.answer(Protocol.Examine, ({ draft, locale }) => withFiles(examine(draft, locale))),
      PageServer.answer(Protocol.Scan, () => withFiles(scan)),
      PageServer.answer(Protocol.Scanned, ({ scan }) => scanned(scan))
    )
  })
