/** What is done with an inbox, whatever its database. */
export { drop, layer, list, migrate, retry, show } from "../../sql/DingTalkInbox.ts"
