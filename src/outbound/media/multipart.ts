/**
 * One file as the body of a `multipart/form-data` request. Pure.
 *
 * @since 0.1.0
 */

/**
 * What comes before a file and after it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Frame {
  readonly contentType: string
  readonly head: Uint8Array
  readonly tail: Uint8Array
}

/** As the HTML standard has it: a quote or a line end would end the name. */
const quoted = (name: string): string =>
  `"${name.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll("\"", "%22")}"`

/**
 * The frame around a file. The boundary must not occur in it; a random UUID does not.
 *
 * @since 0.1.0
 * @category encoding
 */
export const frame = (file: {
  readonly boundary: string
  /** The name of the form's field. */
  readonly field: string
  readonly fileName: string
  readonly contentType: string
}): Frame => ({
  contentType: `multipart/form-data; boundary=${file.boundary}`,
  head: Buffer.from(
    `--${file.boundary}\r\nContent-Disposition: form-data; name=${quoted(file.field)}; filename=${
      quoted(file.fileName)
    }\r\nContent-Type: ${file.contentType}\r\n\r\n`
  ),
  tail: Buffer.from(`\r\n--${file.boundary}--\r\n`)
})
