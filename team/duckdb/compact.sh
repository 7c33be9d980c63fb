#!/bin/sh
# Makes one large file of each month's many small ones, for teams of more than some hundred people. Once a night is enough.
#
#   usage: compact.sh LAKE COMPACT
#
# LAKE is the directory that everybody exports to; COMPACT is made, and read like LAKE afterwards. Both belong on one
# file system, so that one clock dates their files. Only months are made in which something changed; a reader sees the old
# file or the new one, whole. Nothing in LAKE is touched. Needs DuckDB in PATH.
set -eu
if [ $# -ne 2 ]; then
  echo "usage: compact.sh LAKE COMPACT" >&2
  exit 2
fi
lake=$1
compact=$2
here=$(cd "$(dirname "$0")" && pwd)

quoted() { printf '%s' "$1" | sed "s/'/''/g"; }

mkdir -p "$compact"
# What killed runs left, and DuckDB beside it.
find "$compact" -type f -name '*.turns.parquet.*' -mtime +1 -exec rm -f {} +
stamp=$compact/.stamp.$$
new=
trap 'rm -f "$stamp" ${new:+"$new"}' EXIT

for source in "$lake"/month=[0-9][0-9][0-9][0-9]-[0-9][0-9]; do
  [ -d "$source" ] || continue
  month=${source##*/}
  target=$compact/$month/turns.parquet
  if [ -z "$(find "$source" -name '[!.]*.parquet' | head -n 1)" ]; then
    [ -e "$target" ] && echo "$source has no files any more: delete $target as well, if that is meant." >&2
    continue
  fi
  if [ -e "$target" ] && [ -z "$(find "$source" -newer "$target" | head -n 1)" ]; then continue; fi
  mkdir -p "$compact/$month"
  # As old as the beginning: what is exported meanwhile is newer, and comes into the next night's file.
  : >"$stamp"
  new=$compact/$month/.turns.parquet.$$
  {
    echo "SET VARIABLE month_files = '$(quoted "$source")/*.parquet';"
    echo "SET VARIABLE file = '$(quoted "$new")';"
    cat "$here/compact_month.sql"
  } | duckdb -bail
  [ -s "$new" ]
  touch -r "$stamp" "$new"
  mv "$new" "$target"
  new=
done
