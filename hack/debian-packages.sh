#!/usr/bin/env bash
# Installs Debian packages that are not there yet: debian-packages.sh WHO PACKAGE...
# Does nothing, and asks no server anything, when they are all there; fetches package lists only when the present ones do not
# suffice. Starts no service.
set -euo pipefail
who=$1; shift
packages=("$@")

missing() {
  local p
  for p in "${packages[@]}"; do
    # shellcheck disable=SC2016 # the format string is dpkg's
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || echo "$p"
  done
}

command -v dpkg-query >/dev/null || { echo "$who: this is no Debian; install by hand: ${packages[*]}" >&2; exit 1; }
mapfile -t wanted < <(missing)
if [ "${#wanted[@]}" -eq 0 ]; then echo "$who: all Debian packages are here" >&2; exit 0; fi
[ "$(id -u)" -eq 0 ] || { echo "$who: must be root to install: ${wanted[*]}" >&2; exit 1; }

# Debian starts a service as soon as it is installed; what stands here brings its own processes, so that one stays down.
policy=/usr/sbin/policy-rc.d; made_policy=0
if [ ! -e "$policy" ]; then printf '#!/bin/sh\nexit 101\n' >"$policy"; chmod 755 "$policy"; made_policy=1; fi
trap '[ "$made_policy" -eq 0 ] || rm -f "$policy"' EXIT

install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null; }
echo "$who: installing ${wanted[*]}" >&2
if ! install 2>/dev/null; then
  apt-get update -qq >/dev/null
  install
fi
