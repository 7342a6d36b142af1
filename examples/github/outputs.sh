#!/bin/sh
# Sets the outputs of the action, and adds the comment to the summary of the job.
set -eu
out=${TRAINPOST_OUT:-trainpost}

# header NAME: its value in the answer. A later answer of the same training may know more.
header() {
  [ -f "$out/headers.txt" ] || return 0
  tr -d '\r' < "$out/headers.txt" | awk -v name="$1" '
    index(tolower($0), tolower(name) ":") == 1 { sub(/^[^:]*:[ \t]*/, ""); value = $0 }
    END { print value }'
}

# metric NAME: its value in the test rows; empty without one.
metric() {
  [ -f "$out/metrics.txt" ] || return 0
  awk -v name="trainpost_test_$1" '$1 == name { print $2 }' "$out/metrics.txt"
}

# All test metrics as one JSON object.
all_metrics() {
  [ -f "$out/metrics.txt" ] || { echo '{}'; return 0; }
  awk '
    /^trainpost_test_/ && $1 !~ /_ci_(low|high)$/ && $1 != "trainpost_test_rows" {
      sub(/^trainpost_test_/, "", $1)
      value = $2 == "NaN" ? "null" : $2
      list = list (list == "" ? "" : ",") "\"" $1 "\":" value
    }
    END { print "{" list "}" }' "$out/metrics.txt"
}

{
  echo "run_id=$(header Run-Id)"
  echo "gate=$(header X-Gate)"
  echo "accuracy=$(metric accuracy_score)"
  echo "precision=$(metric precision_score)"
  echo "recall=$(metric recall_score)"
  echo "f1=$(metric f1_score)"
  echo "log_loss=$(metric log_loss)"
  echo "roc_auc=$(metric roc_auc)"
  echo "metrics=$(all_metrics)"
} >> "$GITHUB_OUTPUT"

if [ -f "$out/comment.md" ]; then cat "$out/comment.md" >> "$GITHUB_STEP_SUMMARY"; fi
