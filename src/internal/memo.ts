/** Makes one value for each key, and keeps it: for keys of which there are few. */
export const memo = <A>(make: (key: string) => A): (key: string) => A => {
  const known = new Map<string, A>()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    const made = make(key)
    known.set(key, made)
    return made
  }
}
