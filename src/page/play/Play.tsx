/**
 * The playground.
 *
 * @since 0.1.0
 */
import { useCallback, useEffect, useState } from "preact/hooks"
import { useRoute } from "wouter-preact"
import { news } from "../../cli/play/contract.ts"
import { useFeed } from "../shared/process.ts"
import { LinkNotice } from "../shared/ui/Shell.tsx"
import { common } from "../shared/words/common.ts"
import { useWords } from "../shared/words/locale.ts"
import { Chat } from "./chat/Chat.tsx"
import { Telling } from "./does.ts"
import { Panel } from "./Panel.tsx"
import { Sidebar } from "./Sidebar.tsx"
import { after, idOf, nothing, type Place } from "./state.ts"

/** How long something that is told in passing stays, in milliseconds. */
const passingMs = 4_000

/** Something told in passing. */
const usePassing = () => {
  const [said, setSaid] = useState<{ readonly text: string; readonly at: number }>()
  const tell = useCallback((text: string) => setSaid({ text, at: Date.now() }), [])
  useEffect(() => {
    if (said === undefined) return
    const timer = setTimeout(() => setSaid(undefined), passingMs)
    return () => clearTimeout(timer)
  }, [said])
  return { said: said?.text, tell }
}

/** A path of which nobody knows the end is where the robot is. */
const useWhere = () => {
  const [inGroup, group] = useRoute("/as/:me/in/:group")
  const [direct, alone] = useRoute("/as/:me/robot")
  return {
    isSomewhere: inGroup || direct,
    me: group?.me ?? alone?.me,
    group: group?.group
  }
}

/**
 * @since 0.1.0
 * @category components
 */
export const Play = () => {
  const [state, link] = useFeed(news, after, nothing)
  const { said, tell } = usePassing()
  const [isPanelOpen, setPanelOpen] = useState(false)
  const where = useWhere()
  const { skip } = useWords(common)
  const { stage } = state
  const me = stage?.people.find(({ staffId }) => staffId === where.me) ?? stage?.people[0]
  if (stage === undefined || me === undefined) {
    return (
      <main class="alone">
        <LinkNotice link={link} />
      </main>
    )
  }
  const place: Place = { me, group: stage.groups.find(({ conversationId }) => conversationId === where.group) }
  return (
    <Telling.Provider value={tell}>
      <a class="button skip" href="#content">{skip}</a>
      <LinkNotice link={link} />
      <div class={`play ${where.isSomewhere ? "in-chat" : "in-list"}`}>
        <Sidebar place={place} stage={stage} state={state} />
        <main id="content" tabIndex={-1}>
          <Chat
            place={place}
            stage={stage}
            lines={[...state.places.get(idOf(place))?.values() ?? []]}
            onPanel={() => setPanelOpen(true)}
          />
        </main>
        <Panel stage={stage} notes={state.notes} isOpen={isPanelOpen} onClose={() => setPanelOpen(false)} />
      </div>
      <div class="passing" role="status" aria-live="polite">{said === undefined ? null : <p>{said}</p>}</div>
    </Telling.Provider>
  )
}
