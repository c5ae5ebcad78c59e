/**
 * The buttons of DingTalk's public AI template. Pure.
 *
 * They stand in the variable `sys_full_json_obj`, as the official Python SDK has it; one with `request` calls back, with
 * its `id` among the `actionIds`.
 *
 * @since 0.1.0
 */
import type { Params } from "./CardApi.ts"

/**
 * A button that calls back.
 *
 * @since 0.1.0
 * @category models
 */
export interface Button {
  readonly id: string
  readonly text: string
}

/** What the template shows, in this order. */
const order = ["msgTitle", "msgContent", "staticMsgContent", "msgTextList", "msgImages", "msgSlider", "msgButtons"]

/**
 * The variables by which the template shows these buttons and no others.
 *
 * @since 0.1.0
 * @category encoding
 */
export const params = (buttons: ReadonlyArray<Button>): Params => ({
  sys_full_json_obj: JSON.stringify({
    order,
    msgButtons: buttons.map(({ id, text }) => ({ id, text, color: "blue", request: true }))
  })
})
