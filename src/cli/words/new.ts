/** What `new` says. */

export const english = {
  nothing: "there is no folder to make: name one, as in: effect-dingtalk new my-bot",
  badName: (name: string) =>
    `"${name}" can't be the name of a robot: use small letters, digits, -, _ and ., with a letter or a digit first`,
  notEmpty: (path: string) => `${path} is not empty: name a folder that is, or that is not there yet`,
  notFolder: (path: string) => `${path} is a file: name a folder`,
  unwritable: (path: string, problem: string) => `${path} can't be written: ${problem}; name a folder of yours`,
  made: (path: string, files: ReadonlyArray<string>) =>
    `${path} is made: ${files.join(", ")}

  cd ${path}
  npm install
  npm test         # against a DingTalk on this machine: no account, no network

What the robot answers is in src/bot.ts. How to run it is in README.md.`
}

export const chinese: typeof english = {
  nothing: "没有写要创建的目录，例如：effect-dingtalk new my-bot",
  badName: (name) => `“${name}”不能作为机器人的名字：请用小写字母、数字、-、_ 和 .，以字母或数字开头`,
  notEmpty: (path) => `${path} 不是空目录：请写空的或还不存在的目录`,
  notFolder: (path) => `${path} 是文件：请写目录`,
  unwritable: (path, problem) => `无法写入 ${path}：${problem}；请写一个您有权限的目录`,
  made: (path, files) =>
    `已创建 ${path}：${files.join("、")}

  cd ${path}
  npm install
  npm test         # 对着本机的模拟钉钉，不需要账号和网络

机器人怎样回复写在 src/bot.ts，怎样运行写在 README.md。`
}
