#!/bin/sh
# Writes the answer as a note of the merge request. The first line of the answer is hidden, and the note that begins with the same
# line is updated. Needs curl and jq.
set -eu
out=${TRAINPOST_OUT:-trainpost}
if [ -z "${CI_MERGE_REQUEST_IID:-}" ] || [ -z "${TRAINPOST_NOTE_TOKEN:-}" ] || [ ! -f "$out/comment.md" ]; then
  echo "There is no merge request, no TRAINPOST_NOTE_TOKEN or no answer, so there is no note."
  exit 0
fi

# api METHOD PATH [FILE]: prints the answer, and fails without a status of 200 or 201.
api() {
  code=$(printf 'header = "PRIVATE-TOKEN: %s"\n' "$TRAINPOST_NOTE_TOKEN" | curl --silent --show-error --config - \
    --request "$1" --retry 3 --header 'Content-Type: application/json' ${3:+--data-binary "@$3"} \
    --output "$work/answer" --write-out '%{http_code}' "$CI_API_V4_URL/$2")
  case $code in
    200 | 201) cat "$work/answer" ;;
    *) echo "GitLab answered $code to $1 $2: look at TRAINPOST_NOTE_TOKEN." >&2; return 1 ;;
  esac
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
notes="projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes"
marker=$(head -n 1 "$out/comment.md")
jq -Rs '{body: .}' "$out/comment.md" > "$work/body.json"
api GET user > "$work/user.json"

id=
page=1
while [ -z "$id" ]; do
  api GET "$notes?per_page=100&page=$page" > "$work/page.json"
  # Only a note of our own: a stranger could write the line too.
  id=$(jq -r --arg marker "$marker" --slurpfile user "$work/user.json" \
    'map(select(.author.id == $user[0].id and (.body | startswith($marker)))) | .[0].id // empty' "$work/page.json")
  [ "$(jq length "$work/page.json")" -eq 100 ] || break
  page=$((page + 1))
done

if [ -n "$id" ]; then
  api PUT "$notes/$id" "$work/body.json" > /dev/null
  echo "Updated the note $id."
else
  api POST "$notes" "$work/body.json" > /dev/null
  echo "Wrote a note."
fi
