#!/bin/sh
# The gates as a team without Phasegate would script them: a server, the migrations, one psql for each thing to look at.
# Every check is done once, on the database at head, and nothing shows that it could have failed.
#
#   sh bench/usual.sh CALLS
#
# CALLS is a directory that bench/usual.ts writes: calls.sh with the calls of the functions below, and SQL files.
# In the environment: INITDB, PG_CTL, PSQL, SQUAWK, the programs; PG_FLAGS, flags for the server, may be empty.
# A line "@ word" on standard output says what the time from here to the next such line is spent on.
set -eu

calls=$1
state=$(mktemp -d)
broken=0
export PGHOST="$state" PGUSER=postgres PGOPTIONS='-c client_min_messages=warning'

stop() {
  "$PG_CTL" -D "$state/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$state"
}
trap stop EXIT
trap 'exit 130' INT TERM

fail() {
  printf 'FAIL %s: %s\n' "$1" "$2"
  broken=1
}

# run DATABASE ARGUMENTS…
run() {
  database=$1
  shift
  "$PSQL" -XAtq -v ON_ERROR_STOP=1 -v VERBOSITY=verbose -d "$database" "$@"
}

# migrate DATABASE FILE…: as the owner, each call one transaction
migrate() {
  database=$1
  shift
  for file in "$@"; do set -- "$@" -f "$file"; shift; done
  PGUSER=app_owner run "$database" -1 "$@" >/dev/null
}

# ask NAME EXPECTED ARGUMENTS…: what psql prints
ask() {
  name=$1 expected=$2
  shift 2
  if ! found=$(run gates "$@" 2>&1) || [ "$found" != "$expected" ]; then fail "$name" "$found"; fi
}

# refused NAME PATTERN ARGUMENTS…: psql must fail, with words that match
refused() {
  name=$1 pattern=$2
  shift 2
  if said=$(run gates "$@" 2>&1); then
    fail "$name" accepted
  else
    printf '%s\n' "$said" | grep -Eq -- "$pattern" || fail "$name" "$said"
  fi
}

# transcript NAME SQL EXPECTED: errors are part of the play
transcript() {
  "$PSQL" -XAtq -d gates -f "$2" >"$state/said" 2>/dev/null || true
  cmp -s "$state/said" "$3" || fail "$1" "$(diff "$3" "$state/said" | head -n 5)"
}

# same NAME DATABASE SQL EXPECTED
same() {
  found=$(run "$2" -c "$3") && [ "$found" = "$4" ] || fail "$1" "the schema is another one than before"
}

exists() { [ -f "$2" ] || fail "$1" "no $2"; }
has() { grep -Eq -- "$3" "$2" || fail "$1" "$2 lacks $3"; }
lacks() { ! grep -Eq -- "$3" "$2" || fail "$1" "$2 has $3"; }
at_least() { [ "$(grep -Ec -- "$3" "$2")" -ge "$4" ] || fail "$1" "$2 has $3 fewer than $4 times"; }

# lint NAME FILE RULES: hazards besides those
lint() {
  said=$("$SQUAWK" --pg-version 18 --assume-in-transaction --exclude "$3" "$2" 2>&1) || fail "$1" "$said"
}

echo '@ boot'
"$INITDB" -D "$state/data" -U postgres --auth=trust --encoding=UTF8 >/dev/null
"$PG_CTL" -D "$state/data" -l "$state/log" -w -o "-c listen_addresses= -c unix_socket_directories=$state ${PG_FLAGS-}" start >/dev/null
run postgres -c 'SELECT 1' >/dev/null
echo '@ roles'
. "$calls/calls.sh"
echo '@ stop'
exit "$broken"
