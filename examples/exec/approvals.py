"""A robot with a button: /ask shows a card to a group, and whoever presses its button is named on it."""
import json
import sys


def say(**command):
    print(json.dumps(command, ensure_ascii=False), flush=True)


for line in sys.stdin:
    got = json.loads(line)
    if got["type"] == "message" and got["text"].startswith("/ask "):
        card = {"template": "approval.schema", "params": {"title": got["text"][5:], "status": "open"}}
        say(type="reply", id="ask", **{"for": got["id"]}, card=card)
    elif got["type"] == "message":
        say(type="done", **{"for": got["id"]})  # read, and nothing to say
    elif got["type"] == "cardAction":
        status = f"{got['userId']}: {', '.join(got['actionIds'])}"
        say(type="answer", **{"for": got["id"]}, params={"status": status})
        say(type="send", to=got["userId"], text=f"noted: {got['outTrackId']}")
    elif got["type"] == "event":
        if got["eventType"] == "chat_disband":
            say(type="failed", **{"for": got["id"]}, reason="not now")  # DingTalk brings it again
        else:
            say(type="done", **{"for": got["id"]})
    elif got["type"] in ("result", "error"):
        print(line, end="", file=sys.stderr)
