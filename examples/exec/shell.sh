#!/bin/sh
# A robot in shell: jq takes the lines apart and puts them together.
while IFS= read -r line; do
  case $(printf '%s\n' "$line" | jq -r .type) in
    message)
      text=$(printf '%s\n' "$line" | jq -r .text)
      case $text in
        /date) answer=$(date -u +%F) ;;
        /load) answer=$(cut -d' ' -f1 /proc/loadavg) ;;
        *) answer="I know /date and /load" ;;
      esac
      printf '%s\n' "$line" | jq -c --arg text "$answer" '{type: "reply", for: .id, text: $text}'
      ;;
    event | cardAction)
      printf '%s\n' "$line" | jq -c '{type: "done", for: .id}'
      ;;
    error)
      printf '%s\n' "$line" >&2
      ;;
  esac
done
