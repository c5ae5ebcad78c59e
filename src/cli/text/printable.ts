/** What is safe to print: text from elsewhere could otherwise move the cursor, recolour or reverse a terminal. Pure. */

/** C0 and C1 controls, DEL, the two separators that some readers take for line ends, and bidi overrides and isolates. */
const unsafe = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

const hex = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`

const short: ReadonlyMap<string, string> = new Map([["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"]])

/** The text on one line, with every dangerous character as an escape that JSON would read back. */
export const escaped = (text: string): string => text.replace(unsafe, (found) => short.get(found) ?? hex(found))

/** A value as one line of JSON that is as safe to print as it is to parse. */
export const toJson = (value: object | string): string => JSON.stringify(value).replace(unsafe, hex)

/** Removes the colours of a text that goes to a file or a pipe. */
export const withoutColours = (text: string): string => text.replace(/\u001b\[[0-9;]*m/g, "")
