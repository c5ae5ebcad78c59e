import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type DefaultTheme, defineConfig } from "vitepress"
import { anchorOf } from "./anchors.ts"
import { list } from "./llms.ts"
import { groups } from "./navigation.ts"

const sidebar = (language: "en" | "zh"): DefaultTheme.SidebarItem[] => {
  const root = language === "en" ? "" : "/zh"
  const api = { text: language === "en" ? "API" : "API（英文）", link: "/api/" }
  const sections = groups.map((group) => ({
    text: group[language],
    collapsed: false,
    items: group.pages.map((page) => ({ text: page[language], link: `${root}/${page.name}` }))
  }))
  return [...sections, api]
}

/** Words of Chinese have no blanks between them. Runs in the browser, too, as it stands: it may refer to nothing outside. */
const tokenize = (text: string): string[] =>
  [...new Intl.Segmenter("zh", { granularity: "word" }).segment(text)]
    .filter(({ isWordLike }) => isWordLike === true)
    .flatMap(({ segment }) => segment.split(/(?<=[a-z])(?=[A-Z])|_/).concat(segment))

const source = (name: string): string => readFileSync(new URL(`../${name}.md`, import.meta.url), "utf8")

export default defineConfig({
  title: "effect-dingtalk",
  cleanUrls: true,
  metaChunk: true,
  // The index of the search is one file, which is fetched when somebody searches.
  vite: { build: { chunkSizeWarningLimit: 3000 } },
  markdown: { anchor: { slugify: anchorOf } },
  head: [["link", { rel: "icon", href: "data:," }]],
  // Beside each page there is its source, for readers that are no people.
  buildEnd: ({ outDir }) => {
    const names = groups.flatMap(({ pages }) => pages.map(({ name }) => name))
    for (const name of names) writeFileSync(join(outDir, `${name}.md`), source(name))
    writeFileSync(join(outDir, "llms.txt"), list(groups, "/", source))
    writeFileSync(join(outDir, "llms-full.txt"), names.map(source).join("\n"))
  },
  locales: {
    root: {
      label: "English",
      lang: "en",
      description: "DingTalk robots that stay up for months: for Effect services, and from any language",
      themeConfig: {
        nav: [
          { text: "Start", link: "/start" },
          { text: "Command line", link: "/command-line" },
          { text: "Troubleshooting", link: "/troubleshooting" },
          { text: "API", link: "/api/" }
        ],
        sidebar: sidebar("en")
      }
    },
    zh: {
      label: "简体中文",
      lang: "zh-CN",
      description: "能连续运行数月的钉钉机器人：面向 Effect 服务，也面向任何语言",
      themeConfig: {
        nav: [
          { text: "开始", link: "/zh/start" },
          { text: "命令行", link: "/zh/command-line" },
          { text: "故障排查", link: "/zh/troubleshooting" },
          { text: "API", link: "/api/" }
        ],
        sidebar: sidebar("zh"),
        outline: { label: "本页内容", level: [2, 3] },
        docFooter: { prev: "上一页", next: "下一页" },
        darkModeSwitchLabel: "外观",
        lightModeSwitchTitle: "切换到浅色",
        darkModeSwitchTitle: "切换到深色",
        sidebarMenuLabel: "目录",
        returnToTopLabel: "回到顶部",
        langMenuLabel: "语言",
        skipToContentLabel: "跳到正文"
      }
    }
  },
  themeConfig: {
    outline: { level: [2, 3] },
    search: {
      // Searched in the browser, by an index that is part of the site.
      provider: "local",
      options: {
        miniSearch: { options: { tokenize } },
        // Colours are of no use to a search, and would take as long again as those of the pages.
        _render: (source, env, markdown) => markdown.render(source.replace(/^```[a-z]+$/gm, "```text"), env),
        locales: {
          zh: {
            translations: {
              button: { buttonText: "搜索", buttonAriaLabel: "搜索" },
              modal: {
                displayDetails: "显示详情",
                resetButtonTitle: "清除",
                backButtonTitle: "关闭",
                noResultsText: "没有结果：",
                footer: { selectText: "选择", navigateText: "切换", closeText: "关闭" }
              }
            }
          }
        }
      }
    }
  }
})
