/**
 * The official SDK as its own example uses it: a callback listener that reads its message out of `data`, which the SDK
 * hands on as it came, and acknowledges by `socketCallBackResponse`. Nothing of it is altered; requests for DingTalk's
 * host are sent to the gateway instead.
 */
import axios from "axios"
import { DWClient, type RobotMessage, TOPIC_ROBOT } from "dingtalk-stream"
import { spec } from "../harness/child.ts"
import type { ClientSpec, Work } from "../protocol.ts"
import { burn, burns, type Client, type Counter, plain, run, sleep } from "./client.ts"

const handle = async (work: Work, handled: Counter, { msgId }: RobotMessage): Promise<void> => {
  if (work._tag === "Remember") return handled.countId(msgId)
  const number = handled.count()
  if (work._tag === "Burn" && burns(work, number)) burn(work.ms)
  else if (work._tag === "Sleep") await sleep(work.ms)
}

const open = async ({ keepAlive, work }: ClientSpec, clientId: string, handled: Counter): Promise<void> => {
  const client = new DWClient({ clientId, clientSecret: "s3cr3t", keepAlive })
  client.registerCallbackListener(TOPIC_ROBOT, async ({ data, headers }) => {
    client.socketCallBackResponse(headers.messageId, {})
    await handle(work, handled, JSON.parse(data))
  })
  await client.connect()
}

const connect = async (spec: ClientSpec): Promise<Client> => {
  axios.interceptors.request.use((config) => ({
    ...config,
    url: (config.url ?? "").replace("https://api.dingtalk.com", spec.gatewayUrl)
  }))
  return plain(spec, open)
}

await run(spec(), connect)
