/**
 * What a message can answer to, for `Bodies.quoting`. Pure.
 *
 * @since 0.1.0
 */

/**
 * A quoted message.
 *
 * @since 0.1.0
 * @category models
 */
export interface Quoted {
  /** As it stands there: `Picture` is seen for `picture`. */
  readonly msgType: string
  readonly content: unknown
}

/**
 * An element of a card, as quoted cards have brought them since the middle of 2026.
 *
 * @since 0.1.0
 * @category models
 */
export interface Element {
  readonly elementType: string
  readonly value?: string
  readonly text?: string
  readonly content?: string
  readonly children?: ReadonlyArray<Element>
}

/**
 * A text.
 *
 * @since 0.1.0
 * @category constructors
 */
export const text = (text: string): Quoted => ({ msgType: "text", content: { text } })

/**
 * A picture.
 *
 * @since 0.1.0
 * @category constructors
 */
export const picture = (downloadCode = "quoted-picture-code"): Quoted => ({
  msgType: "picture",
  content: { downloadCode }
})

/**
 * A file. In groups it has no code: that is its default.
 *
 * @since 0.1.0
 * @category constructors
 */
export const file = (fileName: string, downloadCode?: string): Quoted => ({
  msgType: "file",
  content: { fileName, ...downloadCode === undefined ? {} : { downloadCode } }
})

/**
 * A voice with what was recognised.
 *
 * @since 0.1.0
 * @category constructors
 */
export const voice = (recognition: string, downloadCode = "quoted-voice-code"): Quoted => ({
  msgType: "voice",
  content: { recognition, downloadCode }
})

/**
 * Text with other things in it: see `Bodies.rich`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const richText = (...pieces: ReadonlyArray<Readonly<Record<string, unknown>>>): Quoted => ({
  msgType: "richText",
  content: { richText: pieces }
})

/**
 * A forwarded conversation, of which only the summary is there.
 *
 * @since 0.1.0
 * @category constructors
 */
export const record = (title: string, summary: string): Quoted => ({
  msgType: "chatRecord",
  content: { title, summary }
})

/**
 * A type that robots can't have, with DingTalk's sentence in its place.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unknown = (said = "不支持的消息类型"): Quoted => ({
  msgType: "unknownMsgType",
  content: { unknownMsgType: said }
})

/**
 * An element that shows something; its text stands under `key`.
 *
 * @since 0.1.0
 * @category cards
 */
export const element = (
  text: string,
  { elementType = "TEXT", key = "value" }: {
    readonly elementType?: string
    readonly key?: "value" | "text" | "content"
  } = {}
): Element => ({ elementType, [key]: text })

/**
 * An element that holds others.
 *
 * @since 0.1.0
 * @category cards
 */
export const view = (...children: ReadonlyArray<Element>): Element => ({ elementType: "VIEW", children })

/**
 * A card with its tree of elements. With `json`, the tree is JSON in a string; with `json: "nested"`, within a content
 * that is such a string itself.
 *
 * @since 0.1.0
 * @category cards
 */
export const cardTree = (tree: Element, { json = false }: { readonly json?: boolean | "nested" } = {}): Quoted => {
  const content = { cardContent: json === false ? tree : JSON.stringify(tree) }
  return { msgType: "interactiveCard", content: json === "nested" ? JSON.stringify(content) : content }
}

/**
 * A card with the variables of its template.
 *
 * @since 0.1.0
 * @category cards
 */
export const cardParams = (cardParamMap: Readonly<Record<string, string>>): Quoted => ({
  msgType: "interactiveCard",
  content: { cardData: { cardParamMap } }
})

/**
 * A card with its title and its text.
 *
 * @since 0.1.0
 * @category cards
 */
export const cardMarkdown = (title: string, markdown: string): Quoted => ({
  msgType: "interactiveCard",
  content: { title, markdown }
})
