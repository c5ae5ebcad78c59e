import axios from "axios"
import { DWClient, TOPIC_ROBOT } from "dingtalk-stream"

const client = new DWClient({
  clientId: process.env.DINGTALK_CLIENT_ID,
  clientSecret: process.env.DINGTALK_CLIENT_SECRET
})

client.registerCallbackListener(TOPIC_ROBOT, async (frame) => {
  client.socketCallBackResponse(frame.headers.messageId, {}) // forgotten, it comes again
  const message = JSON.parse(frame.data)
  await axios.post(message.sessionWebhook, {
    msgtype: "text",
    text: { content: `你说：${message.text.content.trim()}` }
  }) // HTTP 200 whatever became of it: errcode is in the body
})

await client.connect()
