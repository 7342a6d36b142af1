#!/bin/sh
# Trains at a trainpost service, and keeps the answer in every form. Needs curl and nothing else.
#
#   TRAINPOST_URL        the address of the service
#   TRAINPOST_FILE       the file to train on, or with TRAINPOST_ROUTE=evaluate the file to measure a model on
#   TRAINPOST_FIELDS     fields of the form, one in a line: name=value
#   TRAINPOST_TEST_FILE  a second file, whose rows are the test rows
#   TRAINPOST_TOKEN      the token of the service, if it has one
#   TRAINPOST_ROUTE      train (default) or evaluate
#   TRAINPOST_FORMS      forms to keep; default: html json markdown junit metrics csv
#   TRAINPOST_OUT        the folder for the answer; default: trainpost
#   TRAINPOST_WAIT_S     seconds that a request waits; default: 60
#
# Writes report.html, answer.json, comment.md, junit.xml, metrics.txt, leaderboard.csv and headers.txt.
# Exits with 0 if the training succeeded and all gates hold, with 1 if not, and with 2 if there was no answer.
set -eu

: "${TRAINPOST_URL:?set TRAINPOST_URL to the address of trainpost}"
: "${TRAINPOST_FILE:?set TRAINPOST_FILE to the file to train on}"
route=${TRAINPOST_ROUTE:-train}
out=${TRAINPOST_OUT:-trainpost}
case $route in
  train) field=train_file ;;
  evaluate) field=test_file ;;
  *) echo "TRAINPOST_ROUTE is $route, but it must be train or evaluate." >&2; exit 2 ;;
esac
for file in "$TRAINPOST_FILE" ${TRAINPOST_TEST_FILE:+"$TRAINPOST_TEST_FILE"}; do
  [ -r "$file" ] || { echo "There is no file $file: set TRAINPOST_FILE and TRAINPOST_TEST_FILE." >&2; exit 2; }
done

# curl takes what stands between quotes as the path, with \ before " and \.
quoted() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }

# A value that begins with @ or < is a text too, and no file: --form-string.
set -- -F "$field=@\"$(quoted "$TRAINPOST_FILE")\""
if [ -n "${TRAINPOST_TEST_FILE:-}" ]; then
  set -- "$@" -F "test_file=@\"$(quoted "$TRAINPOST_TEST_FILE")\""
fi
while IFS= read -r line; do
  line=$(printf '%s' "$line" | sed 's/^[[:space:]]*//; s/[[:space:]]*$//')
  if [ -n "$line" ]; then set -- "$@" --form-string "$line"; fi
done <<FIELDS
${TRAINPOST_FIELDS:-}
FIELDS

# One key for all requests: the first one trains, and the others get its answer again.
key=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
mkdir -p "$out"
rm -f "$out/report.html" "$out/answer.json" "$out/comment.md" "$out/junit.xml" "$out/metrics.txt" \
  "$out/leaderboard.csv" "$out/headers.txt"
config=$(mktemp)
trap 'rm -f "$config" "$out/part"' EXIT
# Not as an argument, which every process on the machine could read.
if [ -n "${TRAINPOST_TOKEN:-}" ]; then
  printf 'header = "Authorization: Bearer %s"\n' "$(quoted "$TRAINPOST_TOKEN")" > "$config"
fi

# post TYPE FORM...: sends the form, and keeps status and type in got. Fails while there is a job and no result.
post() {
  accept=$1
  shift
  got=$(curl --silent --show-error --config "$config" --retry 5 --retry-connrefused --retry-max-time 300 \
    --header "Accept: $accept" --header "Idempotency-Key: $key" --header "Prefer: wait=${TRAINPOST_WAIT_S:-60}" \
    --dump-header "$out/headers.txt" --output "$out/part" --write-out '%{http_code} %{content_type}' \
    "$@" "${TRAINPOST_URL%/}/$route") || { echo "trainpost at $TRAINPOST_URL did not answer." >&2; exit 2; }
  case $got in
    202*) grep -qi '^x-gate:' "$out/headers.txt" ;;
  esac
}

# ask TYPE FILE FORM...: keeps the answer if it has the type, and prints the status.
ask() {
  type=$1
  file=$2
  shift 2
  # A training that takes longer than a request waits has no X-Gate yet: ask again.
  until post "$type" "$@"; do sleep 1; done
  case ${got#* } in
    "$type"* | application/problem+json*) ;;
    *) echo "The answer is ${got#* }, and not of trainpost: check TRAINPOST_URL." >&2; exit 2 ;;
  esac
  # A problem in JSON is kept as JSON only.
  case "${got#* } $file" in
    "$type"* | *answer.json) mv "$out/part" "$out/$file" ;;
  esac
  echo "${got%% *}"
}

status=
# The first request trains. Its answer is the only one with the whole report, so html comes first.
for form in ${TRAINPOST_FORMS:-html json markdown junit metrics csv}; do
  case $form in
    html) code=$(ask text/html report.html "$@") ;;
    json) code=$(ask application/json answer.json "$@") ;;
    markdown) code=$(ask text/markdown comment.md "$@") ;;
    junit) code=$(ask application/xml junit.xml "$@") ;;
    metrics) code=$(ask application/openmetrics-text metrics.txt "$@") ;;
    csv) code=$(ask text/csv leaderboard.csv "$@") ;;
    *) echo "TRAINPOST_FORMS has $form, but a form is html, json, markdown, junit, metrics or csv." >&2; exit 2 ;;
  esac
  status=${status:-$code}
done

if [ -f "$out/comment.md" ]; then cat "$out/comment.md"; fi
echo "trainpost answered $status. The answer is in $out." >&2
case $status in
  200 | 202) exit 0 ;;
  *) exit 1 ;;
esac
