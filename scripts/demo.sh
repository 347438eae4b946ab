#!/usr/bin/env bash
# Eight requests on the sample workbook: candidates on the screen, formatted copies in demo-out/, then a check by LibreOffice.
# Needs `cf-assistant` on the PATH (make demo sees to it).
set -euo pipefail
cd "$(dirname "$0")/.."

book=samples/invoices.xlsx
out=demo-out
requests=(
  "highlight amounts over 4000 in green"
  "rows with status Overdue and a balance over 1000, light red"
  "show me the 10 largest balances in orange"
  "disputed invoices in yellow"
  "invoices whose due date is before today and status is not paid, light orange"
  "which invoice numbers appear more than once? make them pink"
  "discount of at least 10% in light blue"
  "amounts between 1000 and 2000 in lilac"
)

rm -rf "$out"
mkdir -p "$out"
number=0
for request in "${requests[@]}"; do
  number=$((number + 1))
  printf '\n\033[1m%s. %s\033[0m\n' "$number" "$request"
  cf-assistant suggest "$book" "$request" -k 3 --apply 1 -o "$out/$number.xlsx" || { [ $? -eq 1 ] && continue || exit 2; }
  cf-assistant suggest "$book" "$request" -k 3 --json --all-cells > "$out/$number.json"
done

printf '\nFormatted copies of %s are in %s/.\n' "$book" "$out"
"$(dirname "$(command -v cf-assistant)")/python" scripts/check_demo.py "$book" "$out"
