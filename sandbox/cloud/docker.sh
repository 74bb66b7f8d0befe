#!/usr/bin/env bash
# A container engine and an image registry for the sandbox, both on this machine and for it alone: an own data folder,
# an own socket, no bridge, no firewall rules, the registry on 127.0.0.1. Containers use the host's network.
#   SLIPWAY_SANDBOX_ROOT    folder of this sandbox
#   SLIPWAY_REGISTRY_PORT   port of the registry
# up      starts what is not there; an engine that answers already is used as it is. Prints DOCKER_HOST=… and REGISTRY=…
# down    stops what up started; images stay
# status  the same two lines; exit 0 both answer, 3 not
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_root_folder
port=${SLIPWAY_REGISTRY_PORT:-}
need_port SLIPWAY_REGISTRY_PORT "$port"

home=$SLIPWAY_SANDBOX_ROOT/docker
socket=$home/engine.sock
registry_configuration=$home/registry.yml

engine_answers() { DOCKER_HOST=$1 timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# Our own engine first, then the one that the user's own settings lead to.
engine() {
  local host
  for host in "unix://$socket" "${DOCKER_HOST:-unix:///var/run/docker.sock}"; do
    if engine_answers "$host"; then
      printf '%s\n' "$host"
      return 0
    fi
  done
  return 1
}

registry_answers() { curl -fsS -o /dev/null -m 5 "http://127.0.0.1:$port/v2/" 2>/dev/null; }

start_engine() {
  [ "$(id -u)" -eq 0 ] || die "no container engine answers, and only root can start one" "start Docker, or use --engine=process"
  need_program dockerd docker.io
  [ "${#socket}" -le 100 ] || die "the path of the engine's socket is longer than a socket's may be: $socket" "use a sandbox folder with a shorter path"
  rm -f "$home/engine.pid" "$socket"
  (
    cd /
    exec setsid dockerd --data-root "$home/data" --exec-root "$home/run" --pidfile "$home/engine.pid" \
      --host "unix://$socket" --group root --bridge none --iptables=false --ip-forward=false --ip-masq=false \
      --userland-proxy=false >"$home/engine.log" 2>&1 </dev/null 9>&-
  ) &
  local turns=600
  until engine_answers "unix://$socket"; do
    turns=$((turns - 1))
    if [ "$turns" -le 0 ] || [ -z "$(processes_of dockerd "$home/data")$(jobs -r)" ]; then
      die "the container engine does not start: $(tail -n 3 "$home/engine.log")" "the log: $home/engine.log; or use --engine=process"
    fi
    sleep 0.1
  done
}

start_registry() {
  need_program docker-registry docker-registry
  need_program curl curl
  cat >"$registry_configuration" <<CONFIGURATION
version: 0.1
log: { level: warn }
storage:
  filesystem: { rootdirectory: "$home/registry" }
  delete: { enabled: true }
http:
  addr: 127.0.0.1:$port
CONFIGURATION
  (
    cd /
    exec setsid docker-registry serve "$registry_configuration" >"$home/registry.log" 2>&1 </dev/null 9>&-
  ) &
  local turns=200
  until registry_answers; do
    turns=$((turns - 1))
    if [ "$turns" -le 0 ]; then
      die "the image registry does not answer on 127.0.0.1:$port: $(tail -n 3 "$home/registry.log")" "is the port taken by another program?"
    fi
    sleep 0.05
  done
}

report() { printf 'DOCKER_HOST=%s\nREGISTRY=127.0.0.1:%s\n' "$1" "$port"; }

up() {
  need_program docker docker.io
  hold_lock docker
  mkdir -p "$home"
  local host
  if ! host=$(engine); then
    start_engine
    host=unix://$socket
  fi
  if [ -z "$(processes_of docker-registry "$registry_configuration")" ] || ! registry_answers; then
    if registry_answers; then
      die "another program answers as a registry on 127.0.0.1:$port" "set SLIPWAY_REGISTRY_PORT to a free port"
    fi
    end docker-registry "$registry_configuration" 5
    start_registry
  fi
  report "$host"
}

# end NAME ARGUMENT SECONDS
end() {
  local pids
  mapfile -t pids < <(processes_of "$1" "$2")
  signal TERM "${pids[@]}"
  none_left "$1" "$2" "$3" && return 0
  mapfile -t pids < <(processes_of "$1" "$2")
  signal KILL "${pids[@]}"
  none_left "$1" "$2" 5 || die "$1 does not end: ${pids[*]}"
}

# An engine leaves a mount of its network namespace behind, and one that was killed its containers' as well; while they
# are there, nobody can remove the folder.
unmount() {
  local line place
  [ -r /proc/self/mountinfo ] || return 0
  while IFS= read -r line; do
    read -r _ _ _ _ line _ <<<"$line"
    # The kernel writes a blank as \040.
    place=$(printf '%b' "${line//\\/\\0}")
    case "$place" in
      "$home"/*) umount "$place" 2>/dev/null || say "still mounted: $place" ;;
    esac
  done < <(tac /proc/self/mountinfo)
}

down() {
  hold_lock docker
  end docker-registry "$registry_configuration" 5
  local containers
  if engine_answers "unix://$socket"; then
    mapfile -t containers < <(DOCKER_HOST=unix://$socket docker ps -q)
    [ "${#containers[@]}" -eq 0 ] || DOCKER_HOST=unix://$socket docker stop -t 5 "${containers[@]}" >/dev/null
  fi
  end dockerd "$home/data" 20
  unmount
  say "stopped; the images stay in $home"
}

status() {
  local host
  if host=$(engine) && registry_answers; then
    report "$host"
  else
    say "not running"
    exit 3
  fi
}

case "${1:-}" in
  up) up ;;
  down) down ;;
  status) status ;;
  *) usage "the first argument is '${1:-}'" ;;
esac
