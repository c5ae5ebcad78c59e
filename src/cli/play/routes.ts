/**
 * What the page can ask for.
 *
 * @since 0.1.0
 */
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import mime from "mime"
import { extname } from "node:path"
import * as PageServer from "../../pageServer/PageServer.ts"
import * as Contract from "./contract.ts"
import type { RobotNow, Stage } from "./Stage.ts"

/**
 * The robot, as far as the page may have a say in it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Robot extends RobotNow {
  /** What starts it in a test; `undefined` for one of somebody else's. */
  readonly command: ReadonlyArray<string> | undefined
  readonly start: Effect.Effect<void>
  readonly stop: Effect.Effect<void>
}

/** DingTalk's own bound, in bytes. */
const maxFileBytes = 20 * 1024 * 1024

/** Pictures are shown; anything else is saved, whatever it says it is. */
const shownAs = (name: string): string => {
  const type = mime.getType(extname(name)) ?? ""
  return /^image\/(?:png|jpeg|gif|webp|bmp)$/.test(type) ? type : "application/octet-stream"
}

const notFound = HttpServerResponse.empty({ status: 404 })

const queryOf = (name: string) =>
  Effect.map(HttpServerRequest.HttpServerRequest, ({ url }) => new URL(url, "http://localhost").searchParams.get(name))

const refuse = (code: string, message: string) => new PageServer.Refused({ code, message })

const done = Effect.as({})

const testName = "robot.test.ts"

/**
 * @since 0.1.0
 * @category routes
 */
export const make = (stage: Stage, robot: Robot): HttpRouter.HttpRouter<unknown> =>
  HttpRouter.empty.pipe(
    PageServer.live(Contract.news, stage.news(robot)),
    PageServer.answer(Contract.say, (said) => Effect.map(stage.say(said), (heard) => ({ heard }))),
    PageServer.answer(Contract.press, (pressed) =>
      done(stage.press(pressed)).pipe(
        Effect.catchTag("NoSuchElementException", ({ message }) => refuse("notPressed", message))
      )),
    PageServer.answer(Contract.read, (read) => done(stage.read(read))),
    PageServer.answer(Contract.addPerson, ({ name }) => stage.addPerson(name)),
    PageServer.answer(Contract.addGroup, ({ title }) => stage.addGroup(title)),
    PageServer.answer(Contract.fault, ({ fault, on }) => done(stage.fault(fault, on))),
    PageServer.answer(Contract.heal, () => done(stage.heal)),
    PageServer.answer(Contract.run, ({ on }) => done(on ? robot.start : robot.stop)),
    PageServer.answer(Contract.record, ({ on }) => done(stage.record(on))),
    PageServer.answer(Contract.save, ({ command, title }) =>
      Effect.gen(function*() {
        const starts = robot.command ?? command
        if (starts.length === 0) return yield* refuse("noCommand", "say which command starts the robot")
        const source = yield* stage.test(title, starts)
        if (Option.isNone(source)) return yield* refuse("nothingRecorded", "nothing was recorded so far")
        return { fileName: testName, source: source.value }
      })),
    HttpRouter.post(
      Contract.filePath,
      Effect.gen(function*() {
        const request = yield* HttpServerRequest.HttpServerRequest
        const name = (yield* queryOf("name")) ?? "file"
        const bytes = new Uint8Array(yield* request.arrayBuffer)
        if (bytes.length === 0) return HttpServerResponse.unsafeJson({ code: "empty", message: name }, { status: 400 })
        return HttpServerResponse.unsafeJson({ code: yield* stage.keep({ name, bytes }) })
      }).pipe(HttpIncomingMessage.withMaxBodySize(Option.some(maxFileBytes)))
    ),
    HttpRouter.get(
      Contract.filePath,
      Effect.gen(function*() {
        const file = yield* stage.file((yield* queryOf("code")) ?? "")
        if (Option.isNone(file)) return notFound
        const { bytes, name } = file.value
        const contentType = shownAs(name)
        return HttpServerResponse.uint8Array(bytes, {
          contentType,
          headers: {
            "cache-control": "private, max-age=3600",
            ...contentType.startsWith("image/")
              ? {}
              : { "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}` }
          }
        })
      })
    )
  )
