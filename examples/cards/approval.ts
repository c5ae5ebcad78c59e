import { Effect } from "effect"
import { DingTalkCards, DingTalkChannel } from "effect-dingtalk"

// A card of your own template: two buttons, and the variables `title` and `status`.
export const askFor = (leave: string, approver: string) =>
  DingTalkCards.create({
    to: `user:${approver}`,
    templateId: "your-template.schema",
    params: { title: leave, status: "待审批" }
  })

// Somebody presses a button: what the handler returns is what the card shows from then on.
export const Approvals = DingTalkChannel.layer({
  onCardAction: (action) =>
    Effect.succeed({
      cardData: { status: action.actionIds.includes("agree") ? "已同意" : "已拒绝" }, // for everybody
      userPrivateData: { hint: "谢谢" } // for the one who pressed
    })
})

// Nobody did.
export const expire = (outTrackId: string) => DingTalkCards.update({ outTrackId, params: { status: "已过期" } })
