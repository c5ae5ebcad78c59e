import { start } from "../shared/ui/Shell.tsx"
import { Console } from "./Console.tsx"

start(<Console />)
