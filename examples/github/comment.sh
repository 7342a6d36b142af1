#!/bin/sh
# Writes the answer as a comment of the pull request. The first line of the answer is hidden, and the comment that begins with the
# same line is updated. Needs curl and jq, which GitHub's runners have.
set -eu
: "${GITHUB_TOKEN:?}" "${GITHUB_API_URL:?}" "${GITHUB_REPOSITORY:?}" "${GITHUB_EVENT_PATH:?}"
out=${TRAINPOST_OUT:-trainpost}
author=${COMMENT_AUTHOR:-github-actions[bot]}
if [ ! -f "$out/comment.md" ]; then
  echo "trainpost gave no answer, so there is nothing to comment."
  exit 0
fi
number=$(jq -r '.pull_request.number // empty' "$GITHUB_EVENT_PATH")
if [ -z "$number" ]; then
  echo "The event is no pull request, so there is nothing to comment."
  exit 0
fi

# api METHOD PATH [FILE]: prints the answer, and fails without a status of 200 or 201.
api() {
  method=$1
  path=$2
  code=$(printf 'header = "Authorization: Bearer %s"\n' "$GITHUB_TOKEN" | curl --silent --show-error --config - \
    --request "$method" --retry 3 --header 'Accept: application/vnd.github+json' \
    --header 'X-GitHub-Api-Version: 2022-11-28' --header 'Content-Type: application/json' \
    ${3:+--data-binary "@$3"} --output "$work/answer" --write-out '%{http_code}' "$GITHUB_API_URL$path")
  case $code in
    200 | 201) cat "$work/answer" ;;
    403 | 404)
      # The token of a pull request from a fork may only read.
      echo "::warning::GitHub answered $code, so there is no comment: the job needs the permission pull-requests: write." >&2
      return 3
      ;;
    *) echo "GitHub answered $code to $method $path." >&2; return 1 ;;
  esac
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
comments="/repos/$GITHUB_REPOSITORY/issues/$number/comments"
marker=$(head -n 1 "$out/comment.md")
jq -Rs '{body: .}' "$out/comment.md" > "$work/body.json"

id=
page=1
while [ -z "$id" ]; do
  api GET "$comments?per_page=100&page=$page" > "$work/page.json" || exit $(( $? == 3 ? 0 : 1 ))
  # Only a comment of our own: a stranger could write the line too.
  id=$(jq -r --arg marker "$marker" --arg author "$author" \
    'map(select(.user.login == $author and (.body | startswith($marker)))) | .[0].id // empty' "$work/page.json")
  [ "$(jq length "$work/page.json")" -eq 100 ] || break
  page=$((page + 1))
done

if [ -n "$id" ]; then
  api PATCH "/repos/$GITHUB_REPOSITORY/issues/comments/$id" "$work/body.json" > /dev/null || exit $(( $? == 3 ? 0 : 1 ))
  echo "Updated the comment $id."
else
  api POST "$comments" "$work/body.json" > /dev/null || exit $(( $? == 3 ? 0 : 1 ))
  echo "Wrote a comment."
fi
