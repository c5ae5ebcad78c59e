/**
 * The robot of the demonstration: what it says to what. Pure.
 *
 * @since 0.1.0
 */
import type { Message } from "../../inbound/message/Message.ts"

/**
 * Its name, and the people who talk to it.
 *
 * @since 0.1.0
 * @category constants
 */
export const cast = {
  robot: "小丁",
  zhang: { staffId: "zhangsan", nick: "张三" },
  li: { staffId: "lisi", nick: "李四" },
  group: { conversationId: "cidDemoGroup==", title: "项目群" }
} as const

const sum = /^\s*(-?\d{1,6})\s*([-+*×])\s*(-?\d{1,6})\s*$/

const calculate = (text: string): string | undefined => {
  const [, left = "", operator = "", right = ""] = sum.exec(text) ?? []
  if (operator === "") return undefined
  const [a, b] = [Number(left), Number(right)]
  const result = operator === "+" ? a + b : operator === "-" ? a - b : a * b
  return `${a} ${operator === "*" ? "×" : operator} ${b} = ${result}`
}

const clock = (now: Date): string =>
  `现在是 ${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}。`

/**
 * What it is told, to see what surrounds a handler.
 *
 * @since 0.1.0
 * @category constants
 */
export const orders = { tell: "讲个故事", stop: "停", deploy: "部署" } as const

/**
 * A story without an end, a piece at a time.
 *
 * @since 0.1.0
 * @category constants
 */
export const story = ["从前有座山，", "山里有座庙，", "庙里有个老和尚讲故事，", "讲的是："] as const

/**
 * Where it can deploy to.
 *
 * @since 0.1.0
 * @category constants
 */
export const places = [{ value: "test", label: "测试" }, { value: "prod", label: "生产" }] as const

/**
 * What it asks before it does.
 *
 * @since 0.1.0
 * @category constants
 */
export const whereTo = "部署到哪里？"

/**
 * The robot's answer.
 *
 * @since 0.1.0
 * @category decisions
 */
export const answerTo = (message: Message, now: Date): string => {
  switch (message._tag) {
    case "Audio":
      return `听到了：“${message.recognition ?? "……"}”。好的！`
    case "File":
      return `收到文件 ${message.file.fileName ?? "（没有名字）"}，谢谢！`
    case "Picture":
      return "好看！"
    default: {
      const { senderName, text } = message
      if (/你好|您好|hello|\bhi\b/i.test(text)) return `你好，${senderName}！我是${cast.robot}。`
      if (/几点|time/i.test(text)) return clock(now)
      return calculate(text) ?? `你说：${text}`
    }
  }
}
