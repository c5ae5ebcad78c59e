/**
 * Who speaks, and where. Pure.
 *
 * @since 0.1.0
 */

/**
 * Somebody.
 *
 * @since 0.1.0
 * @category models
 */
export interface Person {
  readonly staffId: string
  readonly nick: string
}

/**
 * A group.
 *
 * @since 0.1.0
 * @category models
 */
export interface Group {
  readonly conversationId: string
  readonly title: string
}

const known: ReadonlyMap<string, string> = new Map([["张三", "zhangsan"], ["李四", "lisi"], ["王五", "wangwu"]])

/**
 * The person of a name. The same name is the same person in every run.
 *
 * @since 0.1.0
 * @category decisions
 */
export const personOf = (nick: string): Person => {
  const plain = nick.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "")
  const hex = [...nick].map((character) => (character.codePointAt(0) ?? 0).toString(16)).join("")
  const [name, staffId] = [...known].find(([name, id]) => name === nick || id === nick) ?? []
  return {
    nick: name ?? nick,
    staffId: staffId ?? (/^[\u0020-\u007e]*$/u.test(nick) && plain !== "" ? plain : `staff-${hex}`)
  }
}

const usualTitle = "测试群"

/**
 * The group of a title, likewise.
 *
 * @since 0.1.0
 * @category decisions
 */
export const groupOf = (title: string): Group => ({
  title,
  conversationId: title === usualTitle ? "cidSimulatedGroup==" : `cid${Buffer.from(title).toString("base64")}`
})

/**
 * Who and what there is at the beginning.
 *
 * @since 0.1.0
 * @category constants
 */
export const cast: { readonly person: Person; readonly crowd: Person; readonly group: Group; readonly robot: string } =
  {
    person: personOf("张三"),
    /** Who says what comes as a flood: the answers are nobody else's. */
    crowd: { staffId: "crowd", nick: "众人" },
    group: groupOf(usualTitle),
    robot: "robot"
  }
