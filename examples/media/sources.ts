import { Effect, Stream } from "effect"
import { DingTalkMedia, DingTalkSender } from "effect-dingtalk"

const to = "user:zhangsan"

export const ofPath = DingTalkMedia.send({ to, source: DingTalkMedia.fromPath("report.pdf") })

export const ofBytes = (png: Uint8Array) =>
  DingTalkMedia.send({ to, source: DingTalkMedia.fromBytes(png, "chart.png") })

export const ofStream = (csv: Stream.Stream<string>) =>
  DingTalkMedia.send({
    to,
    source: DingTalkMedia.fromStream(Stream.encodeText(csv), "orders.csv"),
    as: { kind: "file", zip: true } // DingTalk takes no .csv
  })

export const ofUrl = (url: string) => DingTalkMedia.send({ to, source: DingTalkMedia.fromUrl(url) })

export const voice = DingTalkMedia.send({
  to,
  source: DingTalkMedia.fromPath("hello.mp3"),
  as: { kind: "audio", durationMs: 4_000 }
})

export const film = DingTalkMedia.send({
  to,
  source: DingTalkMedia.fromPath("demo.mp4"),
  as: { kind: "video", durationMs: 12_000, cover: DingTalkMedia.fromPath("cover.png") }
})

// Upload once, send twice.
export const twice = DingTalkMedia.toMessage({ source: DingTalkMedia.fromPath("report.pdf") }).pipe(
  Effect.flatMap((message) =>
    Effect.zip(
      DingTalkSender.sendMessage({ to, message }),
      DingTalkSender.sendMessage({ to: "chat:cidOps", message })
    )
  )
)
