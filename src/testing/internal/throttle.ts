/** How DingTalk counts calls, each pure: by the second, by the month, by the caller's address. */

/** So many calls from a moment on. */
export interface Window {
  readonly startedAt: number
  readonly calls: number
}

/** Counts a call in; a refused one does not count. A window begins with its first call; `windowMs` is a second. */
export const count = (
  window: Window | undefined,
  now: number,
  limit: number,
  windowMs = 1_000
): { readonly window: Window; readonly admitted: boolean } => {
  if (window === undefined || now - window.startedAt >= windowMs) {
    return { window: { startedAt: now, calls: 1 }, admitted: limit >= 1 }
  }
  return window.calls < limit
    ? { window: { ...window, calls: window.calls + 1 }, admitted: true }
    : { window, admitted: false }
}

/** An address that calls. */
export interface Address {
  readonly window: Window | undefined
  /** 0 when it is not locked out. */
  readonly lockedUntil: number
}

/** The window of an address, and how long one that calls too often is locked out (documented). */
export const addressWindowMs = 20_000
export const lockMs = 300_000

/** Counts a call of an address in: the first one too many locks it out. */
export const countAddress = (
  address: Address,
  now: number,
  limit: number
): { readonly address: Address; readonly admitted: boolean } => {
  if (now < address.lockedUntil) return { address, admitted: false }
  const { admitted, window } = count(address.window, now, limit, addressWindowMs)
  return admitted
    ? { address: { window, lockedUntil: 0 }, admitted }
    : { address: { window: undefined, lockedUntil: now + lockMs }, admitted }
}
