/** Results within a page of the documentation. Pure. */

const begin = "<!-- results -->"
const end = "<!-- /results -->"

/** The page with the text, as it is, between the marks; the page itself if it has no marks. */
export const replaceBetweenMarks = (page: string, text: string): string => {
  const from = page.indexOf(begin)
  const to = page.indexOf(end, from)
  return from < 0 || to < 0
    ? page
    : `${page.slice(0, from + begin.length)}\n\n\`\`\`text\n${text}\n\`\`\`\n\n${page.slice(to)}`
}
