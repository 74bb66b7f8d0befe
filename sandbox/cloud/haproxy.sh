#!/usr/bin/env bash
# HAProxy for the sandbox, master and worker, with the configuration that the pipeline writes.
#   SLIPWAY_SANDBOX_ROOT    folder of this sandbox; haproxy/haproxy.cfg below it is the configuration
# up      starts it and waits for its admin socket and its ports; nothing when it runs
# reload  lets it read its configuration again: new connections meet the new one, requests under way end in the old one
# down    lets requests end, then stops it
# status  exit 0 running, 3 not running
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
actions='up|reload|down|status'

need_root_folder

home=$SLIPWAY_SANDBOX_ROOT/haproxy
configuration=$home/haproxy.cfg
pid_file=$home/haproxy.pid
graceful=5

processes() { processes_of haproxy "$configuration"; }

master() {
  local pid
  pid=$(cat "$pid_file" 2>/dev/null) || return 1
  case $'\n'$(processes)$'\n' in
    *$'\n'"$pid"$'\n'*) printf '%s\n' "$pid" ;;
    *) return 1 ;;
  esac
}

admin_socket() {
  awk '$1 == "stats" && $2 == "socket" { sub(/^unix@/, "", $3); print $3; exit }' "$configuration"
}

# A socket file outlives its process, so the kernel is asked who listens. HAProxy binds it as PATH.<pid>.tmp and
# renames it; the kernel goes on showing the name it was bound by.
answers() {
  [ -S "$1" ] || return 1
  [ -r /proc/net/unix ] || return 0
  grep -qF -e "$1" /proc/net/unix
}

# One that answers at its admin socket may have closed its ears to users: a takeover that was broken off leaves it so.
listens() {
  local address
  while read -r address; do
    (exec 3<>"/dev/tcp/${address%:*}/${address##*:}") 2>/dev/null || return 1
  done < <(awk '$1 == "bind" { print $2 }' "$configuration")
}

runs() { master >/dev/null && answers "$1" && listens; }

check_configuration() {
  haproxy -c -q -f "$configuration" >"$home/check.log" 2>&1 || die "the configuration is refused: $(tail -n 3 "$home/check.log")" "haproxy -c -f $configuration"
}

up() {
  need_program haproxy haproxy
  [ -s "$configuration" ] || die "$configuration is not there" "./build.sh --target=SandboxUp writes it"
  hold_lock haproxy
  local socket leftovers
  socket=$(admin_socket)
  [ -n "$socket" ] || die "$configuration has no 'stats socket' line: the pipeline could not steer it" "./build.sh --target=SandboxUp writes it anew"
  if runs "$socket"; then
    say "running, process $(master)"
    return 0
  fi
  check_configuration
  # A worker without its master, or a master that does not answer, hands its requests over and goes.
  mapfile -t leftovers < <(processes)
  [ "${#leftovers[@]}" -eq 0 ] || say "taking over from ${leftovers[*]}"
  rm -f "$pid_file"
  (cd / && haproxy -W -D -p "$pid_file" -f "$configuration" ${leftovers[@]:+-sf "${leftovers[@]}"}) \
    >"$home/start.log" 2>&1 </dev/null 9>&- || die "haproxy does not start: $(tail -n 3 "$home/start.log")" "is its port taken by another program?"
  local turns=200
  until runs "$socket"; do
    turns=$((turns - 1))
    if [ "$turns" -le 0 ]; then
      die "haproxy was started, but does not answer on $socket and its ports: $(tail -n 3 "$home/start.log")" "haproxy -d -f $configuration"
    fi
    sleep 0.05
  done
  say "running, process $(master)"
}

# A process that was not there before and is not the master is the worker with the new configuration.
new_worker() {
  local pid
  for pid in $(processes); do
    case " $1 " in *" $pid "*) ;; *) return 0 ;; esac
  done
  return 1
}

reload() {
  local socket before turns=200
  socket=$(admin_socket)
  if ! runs "$socket"; then
    up
    return
  fi
  hold_lock haproxy
  check_configuration
  before=$(processes | tr '\n' ' ')
  # The master hands its open ports to the new worker: no connection is refused meanwhile.
  signal USR2 "$(master)"
  until new_worker "$before" && runs "$socket"; do
    turns=$((turns - 1))
    if [ "$turns" -le 0 ]; then
      die "haproxy did not read its configuration again" "haproxy -c -f $configuration"
    fi
    sleep 0.05
  done
  say "read anew, process $(master)"
}

down() {
  hold_lock haproxy
  local pids
  mapfile -t pids < <(processes)
  if [ "${#pids[@]}" -eq 0 ]; then
    rm -f "$pid_file"
    say "not running"
    return 0
  fi
  signal USR1 "${pids[@]}"
  if ! none_left haproxy "$configuration" "$graceful"; then
    mapfile -t pids < <(processes)
    signal TERM "${pids[@]}"
    if ! none_left haproxy "$configuration" 3; then
      mapfile -t pids < <(processes)
      signal KILL "${pids[@]}"
      none_left haproxy "$configuration" 5 || die "haproxy does not end: $(processes | tr '\n' ' ')"
    fi
  fi
  rm -f "$pid_file"
  say "stopped"
}

status() {
  local pid socket
  if [ -s "$configuration" ] && socket=$(admin_socket) && pid=$(master) && runs "$socket"; then
    say "running, process $pid, admin socket $socket"
  else
    say "not running"
    exit 3
  fi
}

case "${1:-}" in
  up) up ;;
  reload) reload ;;
  down) down ;;
  status) status ;;
  *) usage "the first argument is '${1:-}'" ;;
esac
