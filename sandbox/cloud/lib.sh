# shellcheck shell=bash
# What the scripts of the sandbox's cloud have in common. Sourced, never run.
# Every value comes from the environment and is used as data: nothing here builds a command line out of text.

set -euo pipefail
umask 077

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# die MESSAGE [NEXT]: what is wrong, and what to type next.
die() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  [ "$#" -lt 2 ] || printf '  next: %s\n' "$2" >&2
  exit 1
}

actions='up|down|status'

usage() {
  printf 'usage: %s %s\n%s\n' "${0##*/}" "$actions" "$1" >&2
  exit 2
}

need_root_folder() {
  case "${SLIPWAY_SANDBOX_ROOT:-}" in
    /*) ;;
    *) usage "SLIPWAY_SANDBOX_ROOT is not an absolute path: '${SLIPWAY_SANDBOX_ROOT:-}'" ;;
  esac
  mkdir -p "$SLIPWAY_SANDBOX_ROOT"
}

# need_port NAME VALUE
need_port() {
  if ! [[ "$2" =~ ^[1-9][0-9]{0,4}$ ]] || [ "$2" -gt 65535 ]; then
    usage "$1 is not a port: '$2'"
  fi
}

# need_program NAME PACKAGE
need_program() {
  command -v "$1" >/dev/null 2>&1 || die "the program $1 is not there" "apt-get install $2   (or ./build.sh --target=Bootstrap)"
}

# One up or down at a time. The children that stay must not keep the lock: start them with 9>&-.
hold_lock() {
  command -v flock >/dev/null 2>&1 || return 0
  exec 9>"$SLIPWAY_SANDBOX_ROOT/$1.lock"
  flock -w 120 9 || die "another $1 up or down holds $SLIPWAY_SANDBOX_ROOT/$1.lock for two minutes" "wait for it, or end it"
}

# The argv of a process, one line; fails when it is not there (or is a zombie: that has no argv).
process_arguments() {
  local text
  if [ -d /proc/self ]; then
    [ -r "/proc/$1/cmdline" ] || return 1
    text=$(tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null) || return 1
  else
    text=$(ps -p "$1" -o args= 2>/dev/null) || return 1
  fi
  [ -n "$text" ] || return 1
  printf '%s\n' "$text"
}

# processes_of NAME ARGUMENT: the pids of the live programs NAME that have exactly ARGUMENT among their arguments.
# A pid file may name a process that is gone, or another one that has the pid by now; a path below this sandbox's own
# folder in an argv names this sandbox's process.
processes_of() {
  local file pid
  if [ -d /proc/self ]; then
    while IFS= read -r file; do
      pid=${file#/proc/}
      pid=${pid%/cmdline}
      if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ]; then printf '%s\n' "$pid"; fi
    done < <(grep -lzxF -e "$2" /proc/[0-9]*/cmdline 2>/dev/null)
  else
    ps -axo pid=,args= | awk -v name="$1" -v argument="$2" '
      { split($2, path, "/"); if (path[length(path)] == name && index($0 " ", " " argument " ")) print $1 }'
  fi
}

# wait_gone PID SECONDS
wait_gone() {
  local turns=$(($2 * 20))
  # No argv: gone, or a zombie that somebody else has to bury.
  while process_arguments "$1" >/dev/null; do
    turns=$((turns - 1))
    [ "$turns" -gt 0 ] || return 1
    sleep 0.05
  done
}

# none_left NAME ARGUMENT SECONDS
none_left() {
  local turns=$(($3 * 20))
  while [ -n "$(processes_of "$1" "$2")" ]; do
    turns=$((turns - 1))
    [ "$turns" -gt 0 ] || return 1
    sleep 0.05
  done
}

# signal NAME PIDS…: a pid that is gone by now is what was wanted.
signal() {
  local name=$1
  shift
  [ "$#" -eq 0 ] || kill -s "$name" "$@" 2>/dev/null || true
}

# random_password FILE: made once, never in an argv, readable by its owner only.
random_password() {
  [ -s "$1" ] && return 0
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$1.tmp"
  chmod 0600 "$1.tmp"
  mv -f "$1.tmp" "$1"
}
