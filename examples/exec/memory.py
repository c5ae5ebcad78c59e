"""A robot that remembers each conversation: it counts, sums up, and forgets on request."""
import json
import sys


def say(**command):
    print(json.dumps(command, ensure_ascii=False), flush=True)


said = {}  # conversation -> what was said in it

for line in sys.stdin:
    got = json.loads(line)
    if got["type"] == "error":
        print(got["message"], file=sys.stderr)
    if got["type"] != "message":
        continue
    memory = said.setdefault(got["conversationId"], [])
    if got["text"] == "/forget":
        memory.clear()
        say(type="reply", **{"for": got["id"]}, text="forgotten")
    elif got["text"] == "/crash":
        raise SystemExit("somebody wanted it")
    else:
        memory.append(got["text"])
        text = f"{len(memory)}: " + ", ".join(memory)
        say(type="reply", **{"for": got["id"]}, text=text)
