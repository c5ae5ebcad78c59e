/**
 * The commands that do not run the channel. They are a file of their own in the published program, which `listen` and
 * `exec` do without: what is not read need not be compiled.
 *
 * @since 0.1.0
 */
import * as Demo from "./demo.ts"
import * as Doctor from "./doctor.ts"
import * as Inbox from "./inbox.ts"
import * as Init from "./init.ts"
import * as New from "./new.ts"
import * as Play from "./play.ts"
import * as Recall from "./recall.ts"
import * as Send from "./send.ts"
import * as Simulate from "./simulate.ts"

/**
 * In the order of the help.
 *
 * @since 0.1.0
 * @category commands
 */
export const commands = [
  Send.command,
  Recall.command,
  Inbox.command,
  Init.command,
  New.command,
  Doctor.command,
  Simulate.command,
  Play.command,
  Demo.command
] as const
