/** The least that connects with the official SDK. */
import axios from "axios"
import { DWClient, TOPIC_ROBOT } from "dingtalk-stream"

const [, , gatewayUrl = "", clientId = ""] = process.argv

axios.interceptors.request.use((config) => ({
  ...config,
  url: (config.url ?? "").replace("https://api.dingtalk.com", gatewayUrl)
}))
await new DWClient({ clientId, clientSecret: "s3cr3t" }).registerCallbackListener(TOPIC_ROBOT, () => {}).connect()
