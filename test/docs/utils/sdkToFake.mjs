// Preloaded into a program of the official Node SDK, whose hosts are constants: its calls go to the fake instead.
import axios from "axios"

axios.interceptors.request.use((config) => ({
  ...config,
  url: (config.url ?? "").replace("https://api.dingtalk.com", process.env["DINGTALK_API_BASE_URL"] ?? "")
}))
