import { start } from "../shared/ui/Shell.tsx"
import { Play } from "./Play.tsx"

start(<Play />)
