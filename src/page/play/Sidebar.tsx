/**
 * Who speaks, and the conversations.
 *
 * @since 0.1.0
 */
import { useState } from "preact/hooks"
import { Link, useLocation } from "wouter-preact"
import * as Contract from "../../cli/play/contract.ts"
import { ask } from "../shared/process.ts"
import { Avatar, RobotFace } from "../shared/ui/Avatar.tsx"
import { Ask } from "../shared/ui/Dialog.tsx"
import { LanguageSwitch } from "../shared/ui/Shell.tsx"
import { useWords } from "../shared/words/locale.ts"
import { play } from "../shared/words/play.ts"
import { pathOf, type Place, type State } from "./state.ts"

/** What the list of conversations shows of the last line. */
const previewOf = (lines: ReadonlyMap<string, Contract.Line> | undefined): string => {
  const last = [...lines?.values() ?? []].at(-1)
  return (last?.card === undefined ? last?.shown : last.title ?? last.shown)?.replace(/\s+/g, " ") ?? ""
}

/**
 * @since 0.1.0
 * @category components
 */
export const Sidebar = ({ place, stage, state }: {
  readonly place: Place
  readonly stage: Contract.Stage
  readonly state: State
}) => {
  const words = useWords(play)
  const [, go] = useLocation()
  const [adding, setAdding] = useState<"person" | "group">()
  const { group, me } = place
  const add = async (name: string) => {
    if (adding === "person") await ask(Contract.addPerson, { name })
    if (adding === "group") await ask(Contract.addGroup, { title: name })
  }
  const entries = [
    { id: undefined, name: words.robotName, lines: state.places.get(me.staffId) },
    ...stage.groups.map(({ conversationId, title }) => ({
      id: conversationId,
      name: title,
      lines: state.places.get(conversationId)
    }))
  ]
  return (
    <nav class="sidebar" aria-label={words.chats}>
      <header class="brand">
        <div>
          <strong>{words.title}</strong>
          <small>{words.subtitle}</small>
        </div>
        <LanguageSwitch />
      </header>
      <div class="people" role="group" aria-label={words.speakAs}>
        <span class="people-label">{words.speakAs}</span>
        {stage.people.map((person) => (
          <button
            key={person.staffId}
            class="person"
            type="button"
            aria-pressed={person.staffId === me.staffId}
            title={`${person.nick} (${person.staffId})`}
            onClick={() => go(pathOf(person.staffId, group?.conversationId))}
          >
            <Avatar name={person.nick} />
            <span>{person.nick}</span>
          </button>
        ))}
        <button
          class="person add"
          type="button"
          onClick={() => setAdding("person")}
          aria-label={words.addPerson}
          title={words.addPerson}
        >
          <span class="avatar plus" aria-hidden="true">＋</span>
          <span>{words.add}</span>
        </button>
      </div>
      <ul class="conversations">
        {entries.map(({ id, lines, name }) => (
          <li key={id ?? "robot"}>
            <Link
              href={pathOf(me.staffId, id)}
              aria-current={id === group?.conversationId ? "page" : undefined}
              class={id === group?.conversationId ? "conversation here" : "conversation"}
            >
              <Avatar name={name}>{id === undefined ? <RobotFace /> : undefined}</Avatar>
              <span class="conversation-text">
                <span class="conversation-name">
                  {name} {id === undefined ? <span class="tag">{words.robotTag}</span> : null}
                </span>
                {previewOf(lines) === "" ? null : <span class="preview">{previewOf(lines)}</span>}
              </span>
            </Link>
          </li>
        ))}
        <li>
          <button class="conversation" type="button" onClick={() => setAdding("group")}>
            <span class="avatar plus" aria-hidden="true">＋</span>
            <span class="conversation-name">{words.addGroup}</span>
          </button>
        </li>
      </ul>
      {adding === undefined ? null : (
        <Ask
          title={adding === "person" ? words.addPerson : words.addGroup}
          label={adding === "person" ? words.name : words.groupTitle}
          action={words.add}
          onAnswer={(name) => void add(name)}
          onClose={() => setAdding(undefined)}
        />
      )}
    </nav>
  )
}
