import json
import sys

for line in sys.stdin:
    got = json.loads(line)
    if got["type"] == "message":
        answer = {"type": "reply", "for": got["id"], "text": f"你说：{got['text']}"}
        print(json.dumps(answer), flush=True)
