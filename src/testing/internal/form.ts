/** Reads a `multipart/form-data` body. Pure. */

/** A file of a form. */
export interface FormFile {
  readonly fileName: string
  readonly contentType: string
  readonly bytes: Uint8Array
}

const parameter = (header: string, name: string): string | undefined =>
  new RegExp(`;\\s*${name}="([^"]*)"`, "i").exec(header)?.[1] ??
    new RegExp(`;\\s*${name}=([^;\\s"]+)`, "i").exec(header)?.[1]

const lineEnd = "\r\n"

/** As browsers write them. */
const unquoted = (name: string): string => name.replaceAll("%22", "\"").replaceAll("%0D", "\r").replaceAll("%0A", "\n")

/** The file in the field of this name; `undefined` when the body is no form, or has none. */
export const fileIn = (contentType: string, body: Uint8Array, field: string): FormFile | undefined => {
  const boundary = contentType.startsWith("multipart/form-data") ? parameter(contentType, "boundary") : undefined
  if (boundary === undefined) return undefined
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const delimiter = `${lineEnd}--${boundary}`
  // The first delimiter has no line end before it.
  let at = bytes.indexOf(`--${boundary}`)
  while (at !== -1) {
    const headStart = bytes.indexOf(lineEnd, at)
    const headEnd = bytes.indexOf(lineEnd + lineEnd, headStart)
    const end = bytes.indexOf(delimiter, headEnd)
    if (headStart === -1 || headEnd === -1 || end === -1) return undefined
    const head = bytes.toString("utf8", headStart, headEnd).split(lineEnd)
    const disposition = head.find((line) => /^content-disposition:/i.test(line)) ?? ""
    const fileName = parameter(disposition, "filename")
    if (parameter(disposition, "name") === field && fileName !== undefined) {
      const type = head.find((line) => /^content-type:/i.test(line))?.replace(/^[^:]*:\s*/, "")
      return {
        fileName: unquoted(fileName),
        contentType: type ?? "text/plain",
        bytes: bytes.subarray(headEnd + 2 * lineEnd.length, end)
      }
    }
    at = end + lineEnd.length
  }
  return undefined
}
