/** What every page says. */
import type { Bilingual } from "./locale.ts"

const english = {
  otherLanguage: "中文",
  skip: "Skip to the content",
  close: "Close",
  cancel: "Cancel",
  connecting: "Connecting to the program …",
  lost: "The program does not answer. It is tried again until it does.",
  stranger:
    "This page belongs to a running program. Open it by the address that the program has printed: it has a token in it.",
  imageElsewhere: (host: string) => `picture at ${host}`,
  copy: "Copy",
  copied: "Copied"
}

type Words = typeof english

const chinese: Words = {
  otherLanguage: "English",
  skip: "跳到正文",
  close: "关闭",
  cancel: "取消",
  connecting: "正在连接程序……",
  lost: "程序没有响应，正在不断重试。",
  stranger: "这个页面属于一个正在运行的程序。请用程序打印出来的地址打开它：地址里带有令牌。",
  imageElsewhere: (host) => `图片位于 ${host}`,
  copy: "复制",
  copied: "已复制"
}

export const common: Bilingual<Words> = { "en-US": english, "zh-CN": chinese }
