/** What `play` says on the terminal. */

export const english = {
  welcome: (url: string) =>
    `Your playground is open. Nothing leaves this machine.

  ${url}
`,
  own: (variables: ReadonlyArray<string>) =>
    `Start your robot with these, in another terminal:

${variables.join("\n")}
`,
  noBrowser: "(no browser could be started: open the address yourself)",
  stop: "Ctrl-C ends it."
}

export const chinese: typeof english = {
  welcome: (url) =>
    `游乐场已经打开，一切都不会离开本机。

  ${url}
`,
  own: (variables) =>
    `在另一个终端里用这些变量启动你的机器人：

${variables.join("\n")}
`,
  noBrowser: "（无法启动浏览器：请自己打开上面的地址）",
  stop: "按 Ctrl-C 结束。"
}
