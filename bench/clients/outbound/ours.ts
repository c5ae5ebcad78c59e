/** Sending on our own layer for Node. */
import { NodeDingTalk } from "effect-dingtalk/node"
import { runOn } from "./sender.ts"

runOn(NodeDingTalk.layer())
