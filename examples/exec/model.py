"""A robot that types what a model says into a card, and goes on reading meanwhile."""
import json
import sys
import threading
import time

out = threading.Lock()


def say(**command):
    with out:
        print(json.dumps(command, ensure_ascii=False), flush=True)


def model(question):
    """In place of a model: a generator that gives its answer piece by piece."""
    for word in ["You asked: ", question, ". ", "The answer ", "is **42**."]:
        time.sleep(0.4)
        yield word


def answer(message):
    card = message["id"]  # any name that no other card has
    say(type="reaction.add", **{"for": message["id"]}, text="🤔")
    say(type="card.create", card=card, **{"for": message["id"]})
    try:
        for piece in model(message["text"]):
            say(type="card.update", card=card, append=piece)
    except Exception as error:
        say(type="card.fail", card=card, reason=str(error))
    else:
        say(type="card.finish", card=card)
    say(type="reaction.remove", **{"for": message["id"]}, text="🤔")


for line in sys.stdin:
    got = json.loads(line)
    if got["type"] == "message":
        threading.Thread(target=answer, args=[got], daemon=True).start()
    elif got["type"] == "error":
        print(got["message"], file=sys.stderr)
