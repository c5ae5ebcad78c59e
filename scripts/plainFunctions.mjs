// Writes arrow functions as plain ones. V8 skips the body of a plain function until it is called, and reads an arrow's whole
// on the way: of a program that is mostly arrows, most of which never run, that is a fifth of what its compilation takes.
import { parseAst } from "vite"

const isNode = (value) => typeof value?.type === "string"

/** The nodes right below one. */
const below = (node) => Object.values(node).flat().filter(isNode)

const isFunction = ({ type }) => type === "FunctionExpression" || type === "FunctionDeclaration"

/** Whether what an arrow takes from around it would be another in a plain function. */
const borrows = (node) => {
  if (isFunction(node) || node.type === "StaticBlock") return false
  if (node.type === "PropertyDefinition") return node.computed && borrows(node.key)
  return node.type === "ThisExpression" || node.type === "Super" || node.type === "MetaProperty" ||
    node.type === "Identifier" && node.name === "arguments" || below(node).some(borrows)
}

/** What a text becomes at its places, in any order; of two at the same place the inner one ends first. */
const edited = (text, edits) => {
  const ordered = edits.toSorted((one, other) => one.at - other.at || one.order - other.order)
  const pieces = ordered.map(({ at, cut, put }, i) => put + text.slice(at + cut, ordered[i + 1]?.at ?? text.length))
  return text.slice(0, ordered[0]?.at ?? text.length) + pieces.join("")
}

/** The edits of one arrow. What is between brackets after `return` may begin on the next line. */
const plain = (text, { async, body, end, start }) => {
  const head = { at: async ? start + "async".length : start, cut: 0, put: " function", order: 1 }
  const arrow = { at: text.lastIndexOf("=>", body.start), cut: 2, order: 1 }
  return body.type === "BlockStatement"
    ? [head, { ...arrow, put: "" }]
    : [head, { ...arrow, put: "{ return (" }, { at: end, cut: 0, put: ") }", order: 0 }]
}

const editsOf = (text, node) => [
  ...node.type === "ArrowFunctionExpression" && !borrows(node) ? plain(text, node) : [],
  ...below(node).flatMap((inner) => editsOf(text, inner))
]

/** For what esbuild wrote: an arrow's parameters stand in brackets. */
export const withPlainFunctions = (text) => edited(text, editsOf(text, parseAst(text)))
