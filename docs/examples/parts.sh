#!/usr/bin/env bash
# Sends a file of over 64 MiB in parts, each to a signed URL of its own, as over a line that breaks: a part that fails is
# sent again, and what has arrived stays. DREAMLAKE_URL and DREAMLAKE_TOKEN say where and by which token:
#
#     bash docs/examples/parts.sh alice robotics /tmp/recording.mcap
set -euo pipefail

API="${DREAMLAKE_URL:-http://localhost:10334}"
NAMESPACE="$1"
PROJECT="$2"
FILE="$3"

api() { curl -fsS -H "Authorization: Bearer $DREAMLAKE_TOKEN" -H "Content-Type: application/json" "$@"; }
# What stands in a JSON text at a path as JavaScript writes it.
field() { node -p 'JSON.parse(process.argv[1])'"$2" "$1"; }

SIZE="$(wc -c < "$FILE" | tr -d ' ')"
UPLOAD="$(api "$API/uploads" -d '{"namespace": "'"$NAMESPACE"'", "project": "'"$PROJECT"'", "files": [
  {"name": "'"$(basename "$FILE")"'", "size": '"$SIZE"'}]}')"
if [ "$(field "$UPLOAD" '.uploads[0].method')" != MULTIPART ]; then
  api -X DELETE "$API/uploads/$(field "$UPLOAD" '.uploads[0].id')" > /dev/null || true # a token may only upload: it ends by itself
  echo "$FILE has up to 64 MiB: it is sent at once, as in the README." >&2
  exit 1
fi
ID="$(field "$UPLOAD" '.uploads[0].id')"
PART_SIZE="$(field "$UPLOAD" '.uploads[0].partSize')"
COUNT="$(field "$UPLOAD" '.uploads[0].partCount')"

PART="$(mktemp)"
trap 'rm -f "$PART"' EXIT
for NUMBER in $(seq 1 "$COUNT"); do
  # Signed one by one, so that no URL is older than the part that it is for.
  SIGNED="$(api "$API/uploads/$ID/parts" -d '{"partNumbers": ['"$NUMBER"']}')"
  dd if="$FILE" of="$PART" bs="$PART_SIZE" skip=$((NUMBER - 1)) count=1 2> /dev/null
  curl -fsS --retry 5 --retry-all-errors -o /dev/null -T "$PART" "$(field "$SIGNED" ".parts['$NUMBER']")"
done

api -X POST "$API/uploads/$ID/complete"
echo
