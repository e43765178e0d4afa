#!/bin/sh
# What the tests need of Debian: a browser and a PostgreSQL server. Installed where that is possible, said where not.
set -eu

missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "not installed here:$missing; the tests that need it are skipped" >&2
  exit 0
fi
root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "not installed here:$missing; the tests that need it are skipped. Cure: sudo apt-get install$missing" >&2
    exit 0
  fi
  root="sudo -n"
fi
echo "installing for the tests:$missing" >&2
$root apt-get update -qq
# shellcheck disable=SC2086 - several names
DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing >/dev/null
