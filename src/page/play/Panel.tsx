/**
 * Beside the chat: what goes wrong and what the robot does about it, the robot itself, the recording.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { useRef, useState } from "preact/hooks"
import * as Contract from "../../cli/play/contract.ts"
import { ask } from "../shared/process.ts"
import { Icon } from "../shared/ui/Icon.tsx"
import { common } from "../shared/words/common.ts"
import { useLocale, useWords } from "../shared/words/locale.ts"
import { play } from "../shared/words/play.ts"
import { useTelling } from "./does.ts"

type Words = typeof play["en-US"]

const isFault = (name: string): name is Contract.Fault => Contract.faults.some((fault) => fault === name)

/** A note in words; `undefined` for a fault that somebody made. */
const sentence = ({ event, fields }: Contract.Note, words: Words): string => {
  const [, what = "", name = ""] = /^play\.(fault|healed)\.(\w+)$/.exec(event) ?? []
  if (isFault(name)) {
    const [title = ""] = words.fault[name]
    return what === "fault" ? title : words.notes["play.over"]?.({ name: title }) ?? title
  }
  const said = words.notes[event]?.(fields)
  return said ?? `${event} ${Object.entries(fields).map(([key, value]) => `${key}=${value}`).join(" ")}`
}

const faultOf = ({ event }: Contract.Note): Contract.Fault | undefined => {
  const name = /^play\.fault\.(\w+)$/.exec(event)?.[1] ?? ""
  return isFault(name) ? name : undefined
}

/** What the robot did about each fault last: the notes behind it, up to the next one. */
const consequences = (notes: ReadonlyArray<Contract.Note>): ReadonlyMap<Contract.Fault, Contract.Note> =>
  notes.reduce<
    { readonly current: Contract.Fault | undefined; readonly all: ReadonlyMap<Contract.Fault, Contract.Note> }
  >(
    ({ all, current }, note) => {
      const begun = faultOf(note)
      if (begun !== undefined) return { current: begun, all: new Map([...all].filter(([fault]) => fault !== begun)) }
      return current === undefined || note.event.startsWith("play.")
        ? { all, current }
        : { current, all: new Map([...all, [current, note]]) }
    },
    { current: undefined, all: new Map() }
  ).all

const Faults = ({ notes, stage }: { readonly stage: Contract.Stage; readonly notes: ReadonlyArray<Contract.Note> }) => {
  const words = useWords(play)
  const tell = useTelling()
  const said = consequences(notes)
  const make = async (fault: Contract.Fault, on: boolean) => {
    const done = await ask(Contract.fault, { fault, on })
    if (Either.isLeft(done)) tell(words.refused(done.left.message))
  }
  return (
    <>
      <p class="hint">{words.faultsHint}</p>
      <ul class="faults">
        {Contract.faults.map((fault) => {
          const [title = "", about = ""] = words.fault[fault]
          const isActive = stage.faults.includes(fault)
          const note = said.get(fault)
          return (
            <li key={fault}>
              <button class="fault" type="button" aria-pressed={isActive} onClick={() => void make(fault, !isActive)}>
                <strong>{title}{isActive ? <span class="tag bad">{words.end}</span> : null}</strong>
                <span>{about}</span>
              </button>
              {note === undefined
                ? null
                : <p class={`consequence ${note.level}`}>→ {words.robot} {sentence(note, words)}</p>}
            </li>
          )
        })}
      </ul>
      <button class="button" type="button" onClick={() => void ask(Contract.heal, {})}>{words.healAll}</button>
    </>
  )
}

const Log = ({ notes }: { readonly notes: ReadonlyArray<Contract.Note> }) => {
  const words = useWords(play)
  const locale = useLocale()
  return (
    <section class="log" aria-label={words.log}>
      <h2>{words.log}</h2>
      <ol role="log" aria-live="polite" tabIndex={0}>
        {notes.length === 0 ? <li class="hint">{words.noNotes}</li> : null}
        {notes.toReversed().map((note) => (
          <li key={note.id} class={note.event.startsWith("play.") ? "fault-line" : note.level}>
            <time>{new Date(note.at).toLocaleTimeString(locale, { hour12: false })}</time>
            <span>{note.event.startsWith("play.") ? <Icon name="bolt" /> : words.robot} {sentence(note, words)}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

const RobotTab = ({ robot }: { readonly robot: Contract.Robot }) => {
  const words = useWords(play)
  const { copied, copy } = useWords(common)
  const tell = useTelling()
  const lines = Object.entries(robot.settings).map(([name, value]) => `export ${name}=${value}`).join("\n")
  const isUp = robot.status !== undefined && robot.status !== "Stopped"
  const take = async () => {
    await navigator.clipboard.writeText(lines)
    tell(copied)
  }
  return (
    <>
      <p class="robot-line">
        <span class={`light ${robot.connections > 0 ? "good" : "bad"}`} aria-hidden="true" />
        {words.kind[robot.kind]}
        {robot.command.length === 0 ? null : <code>{robot.command.join(" ")}</code>}
      </p>
      <p class="hint">
        {robot.status === undefined ? null : `${words.status[robot.status]}, `}
        {words.connections(robot.connections)}
      </p>
      {robot.kind === "own" ?
        null :
        (
          <button class="button" type="button" onClick={() => void ask(Contract.run, { on: !isUp })}>
            {isUp ? words.stop : words.start}
          </button>
        )}
      <h3>{words.kind.own}</h3>
      <p class="hint">{words.ownHint}</p>
      <pre class="settings" tabIndex={0}>{lines}</pre>
      <button class="button" type="button" onClick={() => void take()}>{copy}</button>
      <p class="hint">{words.ownLine}</p>
      <pre class="settings" tabIndex={0}>effect-dingtalk play -- python3 bot.py</pre>
    </>
  )
}

const saveFile = (name: string, text: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }))
  const link = Object.assign(document.createElement("a"), { href: url, download: name })
  link.click()
  URL.revokeObjectURL(url)
}

const RecordTab = ({ stage: { recorded, robot } }: { readonly stage: Contract.Stage }) => {
  const words = useWords(play)
  const tell = useTelling()
  const title = useRef<HTMLInputElement>(null)
  const command = useRef<HTMLInputElement>(null)
  const save = async (event: Event) => {
    event.preventDefault()
    const made = await ask(Contract.save, {
      title: title.current?.value.trim() || words.recordDefault,
      command: (command.current?.value ?? "").split(/\s+/).filter((word) => word !== "")
    })
    if (Either.isLeft(made)) return tell(words.refused(made.left.message))
    saveFile(made.right.fileName, made.right.source)
    tell(words.saved(made.right.fileName))
  }
  const record = (on: boolean) => void ask(Contract.record, { on })
  return (
    <>
      <p class="hint">{words.recordHint}</p>
      {recorded === undefined
        ? <button class="button primary" type="button" onClick={() => record(true)}>● {words.recordStart}</button>
        : (
          <form class="ask" onSubmit={(event) => void save(event)}>
            <p class="recording">
              <span class="light bad" aria-hidden="true" /> {words.recorded(recorded)}
            </p>
            <label>
              {words.recordName}
              <input ref={title} class="field" placeholder={words.recordDefault} />
            </label>
            {robot.kind !== "own" ? null : (
              <label>
                {words.recordCommand}
                <input ref={command} class="field" required />
              </label>
            )}
            <div class="row">
              <button class="button primary" type="submit" disabled={recorded === 0}>{words.recordSave}</button>
              <button class="button" type="button" onClick={() => record(false)}>{words.recordDrop}</button>
            </div>
          </form>
        )}
    </>
  )
}

const tabs = ["faults", "robot", "record"] as const

/**
 * @since 0.1.0
 * @category components
 */
export const Panel = ({ isOpen, notes, onClose, stage }: {
  readonly stage: Contract.Stage
  readonly notes: ReadonlyArray<Contract.Note>
  /** On a narrow screen it lies over the chat. */
  readonly isOpen: boolean
  readonly onClose: () => void
}) => {
  const words = useWords(play)
  const { close } = useWords(common)
  const [tab, setTab] = useState<typeof tabs[number]>("faults")
  const titles = { faults: words.faults, robot: words.robotTab, record: words.recordTab }
  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length]
    if (step === 0 || next === undefined) return
    setTab(next)
    document.querySelector<HTMLElement>(`#tab-${next}`)?.focus()
  }
  return (
    <aside class={`panel ${isOpen ? "open" : ""}`} aria-label={words.panel}>
      <div class="panel-head">
        <div class="tabs" role="tablist">
          {tabs.map((name) => (
            <button
              key={name}
              id={`tab-${name}`}
              class="tab"
              type="button"
              role="tab"
              aria-selected={tab === name}
              aria-controls="tab-content"
              tabIndex={tab === name ? 0 : -1}
              onKeyDown={move}
              onClick={() => setTab(name)}
            >
              {titles[name]}
            </button>
          ))}
        </div>
        <button class="button quiet close-panel" type="button" aria-label={close} onClick={onClose}>✕</button>
      </div>
      <div id="tab-content" class="tab-content" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        {tab === "faults" ? <Faults stage={stage} notes={notes} /> : null}
        {tab === "robot" ? <RobotTab robot={stage.robot} /> : null}
        {tab === "record" ? <RecordTab stage={stage} /> : null}
      </div>
      <Log notes={notes} />
    </aside>
  )
}
