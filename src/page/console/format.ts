/**
 * Times and numbers as people read them. Pure, but for {@link useNow}.
 *
 * @since 0.1.0
 */
import { identity } from "effect/Function"
import { useEffect, useState } from "preact/hooks"
import type { Locale } from "../shared/words/locale.ts"

const units = [["d", "天", 86_400_000], ["h", "小时", 3_600_000], ["min", "分", 60_000], ["s", "秒", 1_000]] as const

/**
 * A duration by its two largest units.
 *
 * @since 0.1.0
 * @category rendering
 */
export const duration = (locale: Locale, ms: number): string => {
  if (ms < 1_000) {
    return locale === "zh-CN"
      ? `${Math.max(0, Math.round(ms))} 毫秒`
      : `${Math.max(0, Math.round(ms))} ms`
  }
  const first = units.findIndex(([, , length]) => ms >= length)
  return units.slice(first, first + 2).reduce(
    ({ left, parts }, [english, chinese, length]) => {
      const count = Math.floor(left / length)
      const part = locale === "zh-CN" ? `${count} ${chinese}` : `${count} ${english}`
      return { left: left - count * length, parts: count === 0 ? parts : [...parts, part] }
    },
    { left: ms, parts: identity<ReadonlyArray<string>>([]) }
  ).parts.join(" ")
}

/**
 * A time of today by the clock, one of another day with its date.
 *
 * @since 0.1.0
 * @category rendering
 */
export const time = (locale: Locale, at: number, now: number): string => {
  const date = new Date(at)
  const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false } as const
  return date.toDateString() === new Date(now).toDateString()
    ? date.toLocaleTimeString(locale, clock)
    : date.toLocaleString(locale, { month: "2-digit", day: "2-digit", ...clock })
}

/**
 * @since 0.1.0
 * @category rendering
 */
export const count = (locale: Locale, n: number): string => n.toLocaleString(locale, { maximumFractionDigits: 2 })

/**
 * The time, each second.
 *
 * @since 0.1.0
 * @category hooks
 */
export const useNow = (aheadMs: number): number => {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return now + aheadMs
}
