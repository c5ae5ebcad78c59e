/** How a heading is linked to: as GitHub and editors have it, so that links hold in the files and on the site alike. */
export const anchorOf = (heading: string): string =>
  heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-")
