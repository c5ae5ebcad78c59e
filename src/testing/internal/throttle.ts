/** DingTalk's throttle: so many calls in a window of one second, which begins with its first call. Pure. */

const windowMs = 1_000

export interface Window {
  readonly startedAt: number
  readonly calls: number
}

/** Counts a call in; a refused one does not count. */
export const count = (
  window: Window | undefined,
  now: number,
  limit: number
): { readonly window: Window; readonly admitted: boolean } => {
  if (window === undefined || now - window.startedAt >= windowMs) {
    return { window: { startedAt: now, calls: 1 }, admitted: limit >= 1 }
  }
  return window.calls < limit
    ? { window: { ...window, calls: window.calls + 1 }, admitted: true }
    : { window, admitted: false }
}
