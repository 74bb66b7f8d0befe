#!/usr/bin/env bash
# The image that the sandbox's images begin from, made of this machine's Node and the shared libraries it needs, so
# that nothing has to be pulled. A real product begins from an image of its registry.
#   SLIPWAY_BASE_IMAGE   its name; slipway-sandbox/node:base when not set
#   DOCKER_HOST          the engine
# up      makes it; nothing when the engine has it for this Node already
# down    removes it
# status  exit 0 there, 3 not
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

image=${SLIPWAY_BASE_IMAGE:-slipway-sandbox/node:base}
label=world.azora.slipway.node

node_program() {
  need_program node nodejs
  # What is on PATH may be a wrapper; the program itself says where it is.
  node -p process.execPath
}

fingerprint() { sha256sum <"$1" | cut -c 1-64; }

present() {
  [ "$(docker image inspect --format "{{index .Config.Labels \"$label\"}}" "$image" 2>/dev/null)" = "$1" ]
}

up() {
  need_program docker docker.io
  local program mark tree library
  program=$(node_program)
  mark=$(fingerprint "$program")
  if present "$mark"; then
    say "$image is there"
    return 0
  fi
  tree=$(mktemp -d "${TMPDIR:-/tmp}/slipway-base-XXXXXX")
  # shellcheck disable=SC2064 # now, not later
  trap "rm -rf '$tree'" EXIT
  umask 022
  chmod 0755 "$tree"
  mkdir -p "$tree/usr/local/bin" "$tree/etc" "$tree/tmp" "$tree/app"
  chmod 1777 "$tree/tmp"
  cp -L "$program" "$tree/usr/local/bin/node"
  while IFS= read -r library; do
    mkdir -p "$tree$(dirname "$library")"
    cp -L "$library" "$tree$library"
  done < <(ldd "$program" | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }' | sort -u)
  printf 'root:x:0:0:root:/:/none\napp:x:10001:10001:app:/app:/none\n' >"$tree/etc/passwd"
  printf 'root:x:0:\napp:x:10001:\n' >"$tree/etc/group"
  # The same input gives the same image.
  tar -C "$tree" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -c . |
    docker import --change 'ENV PATH=/usr/local/bin' --change 'WORKDIR /app' --change "LABEL $label=$mark" - "$image" >/dev/null
  docker run --rm --network none "$image" node --version >/dev/null || die "$image was made, but its node does not run"
  say "$image made from $program"
}

down() {
  docker image rm -f "$image" >/dev/null 2>&1 || true
  say "$image removed"
}

status() {
  if present "$(fingerprint "$(node_program)")"; then
    say "$image is there"
  else
    say "$image is not there"
    exit 3
  fi
}

case "${1:-}" in
  up) up ;;
  down) down ;;
  status) status ;;
  *) usage "the first argument is '${1:-}'" ;;
esac
