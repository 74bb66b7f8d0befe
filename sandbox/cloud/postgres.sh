#!/usr/bin/env bash
# PostgreSQL for the sandbox: a private cluster of its own, on 127.0.0.1 only, never run by root.
#   SLIPWAY_SANDBOX_ROOT    folder of this sandbox
#   SLIPWAY_DATABASE_PORT   port
# up      makes the cluster when there is none, starts it, makes the database; nothing when all is there
# down    stops it; the data stays
# status  exit 0 running, 3 not running
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_root_folder
port=${SLIPWAY_DATABASE_PORT:-}
need_port SLIPWAY_DATABASE_PORT "$port"

home=$SLIPWAY_SANDBOX_ROOT/postgres
data=$home/data
# A link leads to where the server's user gets to, see make_place; that user cannot follow it from here.
[ ! -L "$data" ] || data=$(readlink "$data")
password=$home/password
mark=$home/incomplete
log=$home/server.log
role=slipway
database=slipway

find_binaries() {
  local folder
  for folder in "${SLIPWAY_POSTGRES_BIN:-}" /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then
      bin=$folder
    fi
  done
  if [ -z "${bin:-}" ]; then
    folder=$(command -v initdb) || die "the PostgreSQL server is not there" "apt-get install postgresql   (or ./build.sh --target=Bootstrap)"
    bin=$(dirname "$folder")
  fi
}

# PostgreSQL refuses to run as root; then it runs as the user that its package made.
as_server() {
  if [ "$(id -u)" -eq 0 ]; then
    runuser -u postgres -- "$@"
  else
    "$@"
  fi
}

server_pid() {
  local pid
  pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null) || return 1
  [[ "$pid" =~ ^[0-9]+$ ]] || return 1
  # The pid file names a process; only its argv says that it is this cluster's and not one that has the pid by now.
  case "$(process_arguments "$pid") " in
    *postgres*" $data "*) printf '%s\n' "$pid" ;;
    *) return 1 ;;
  esac
}

server_port() { sed -n 4p "$data/postmaster.pid" 2>/dev/null; }

answers() { "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" -U "$role" -d postgres; }

query() {
  PGPASSWORD=$(cat "$password") PGCONNECT_TIMEOUT=5 "$bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 \
    -h 127.0.0.1 -p "$port" -U "$role" -d postgres -c "$1"
}

complete() { [ -s "$data/PG_VERSION" ] && [ ! -e "$mark" ]; }

# What is left of an interrupted first time goes; what else is there is somebody's and stays.
clear_place() {
  if [ -e "$mark" ]; then
    # The mark is made before there is anything and removed when all is there: what was complete once never has it.
    say "an interrupted attempt to make the cluster is removed"
    rm -rf "$data"
    rm -rf "$home/data"
    data=$home/data
  elif [ -d "$data" ] && [ -n "$(ls -A "$data/")" ]; then
    die "$data is neither empty nor a cluster" "look what it is; move it away, then try again"
  fi
}

# The server's user has to get through every folder above its data. Above the sandbox's own folder that is the
# owner's business: where it cannot (a clone in /root), the data lives below /var/lib and a link leads there.
make_place() {
  if [ "$(id -u)" -eq 0 ]; then
    chmod o+x "$SLIPWAY_SANDBOX_ROOT" "$home"
    if [ ! -L "$home/data" ] && ! runuser -u postgres -- test -x "$home"; then
      data=/var/lib/slipway/$(printf '%s' "$home" | sha256sum | cut -c 1-16)/data
      (umask 022 && mkdir -p "${data%/data}")
      [ ! -d "$home/data" ] || rmdir "$home/data"
      ln -s "$data" "$home/data"
    fi
    mkdir -p "$data"
    chown postgres "$data"
  fi
  mkdir -p "$data"
  chmod 0700 "$data"
}

make_cluster() {
  mkdir -p "$home"
  if [ "$(id -u)" -eq 0 ] && ! id -u postgres >/dev/null 2>&1; then
    die "PostgreSQL does not run as root, and there is no user postgres" "apt-get install postgresql   (or run this as another user)"
  fi
  complete && return 0
  clear_place
  : >"$mark"
  make_place
  random_password "$password"
  # A copy of the password that the server's user can read, for as long as initdb takes.
  local fresh
  fresh=$(as_server mktemp -d "${TMPDIR:-/tmp}/slipway-initdb-XXXXXX")
  # shellcheck disable=SC2064 # now, not later
  trap "rm -rf '$fresh'" EXIT
  cat "$password" >"$fresh/password"
  [ "$(id -u)" -ne 0 ] || chown postgres "$fresh/password"
  (cd / && as_server "$bin/initdb" -D "$data" -U "$role" --pwfile="$fresh/password" -A scram-sha-256 -E UTF8 \
    --locale=C.UTF-8 --no-instructions) >"$home/initdb.log" 2>&1 || die "initdb failed: $(tail -n 3 "$home/initdb.log")"
  rm -rf "$fresh"
  trap - EXIT
  {
    printf '# Written by %s: a password is asked of everybody, and there is no other way in.\n' "${0##*/}"
    printf 'host all all 127.0.0.1/32 scram-sha-256\n'
  } >"$data/pg_hba.conf"
  printf "include_if_exists = 'slipway.conf'\n" >>"$data/postgresql.conf"
  rm -f "$mark"
}

write_settings() {
  local file=$data/slipway.conf
  {
    printf "listen_addresses = '127.0.0.1'\n"
    printf 'port = %s\n' "$port"
    printf "unix_socket_directories = ''\n"
    printf 'max_connections = 200\n'
    printf "shared_buffers = '64MB'\n"
    printf "log_line_prefix = '%%m [%%p] %%q%%a '\n"
    printf "password_encryption = 'scram-sha-256'\n"
  } >"$file.tmp"
  [ "$(id -u)" -ne 0 ] || chown postgres "$file.tmp"
  mv -f "$file.tmp" "$file"
}

stop_server() {
  as_server "$bin/pg_ctl" -D "$data" -m fast -w -t 30 stop >/dev/null 2>&1 && return 0
  local pid
  pid=$(server_pid) || return 0
  say "the server does not stop, it is ended at once (it recovers at the next start)"
  as_server "$bin/pg_ctl" -D "$data" -m immediate -w -t 20 stop >/dev/null 2>&1 || kill -KILL "$pid"
  wait_gone "$pid" 10 || die "the server (process $pid) does not end" "kill -9 $pid"
}

# In a session of its own: Ctrl-C at the terminal is meant for the pipeline, not for its database. Not by pg_ctl, which
# hands the path of the data to a shell.
launch() {
  if command -v setsid >/dev/null 2>&1; then
    as_server setsid --fork "$bin/postgres" -D "$data"
  else
    as_server nohup "$bin/postgres" -D "$data" &
  fi
}

# started: waits until the server answers; fails when its process is gone again.
started() {
  local turns=1200
  until answers; do
    turns=$((turns - 1))
    [ "$turns" -gt 0 ] || return 1
    [ "$turns" -gt 1190 ] || [ -n "$(processes_of postgres "$data")" ] || return 1
    sleep 0.05
  done
}

start_server() {
  local attempt
  write_settings
  for attempt in 1 2 3 4 5; do
    # A pid file whose process is gone, or has become another program, only misleads.
    rm -f "$data/postmaster.pid"
    (cd / && launch) >"$log" 2>&1 </dev/null 9>&-
    ! started || return 0
    # Children of a server that was killed live on for a moment, and the next one waits for them.
    grep -q 'still in use' "$log" || break
    say "what is left of the last server is still ending ($attempt)"
    sleep 1
  done
  die "PostgreSQL does not start on 127.0.0.1:$port: $(tail -n 3 "$log")" "is the port taken by another program? the log: $log"
}

up() {
  find_binaries
  hold_lock postgres
  make_cluster
  [ -s "$password" ] || die "the password of the cluster is gone: $password" "put it back, or remove $home to begin anew (its data is lost then)"
  if server_pid >/dev/null && { [ "$(server_port | tr -d ' ')" != "$port" ] || ! answers; }; then
    say "the running server is stopped: it is on another port, or does not answer"
    stop_server
  fi
  server_pid >/dev/null || start_server
  if [ "$(query "select 1 from pg_database where datname = '$database'")" != 1 ]; then
    query "create database $database" || die "the database $database cannot be made"
  fi
  say "running on 127.0.0.1:$port"
}

down() {
  find_binaries
  hold_lock postgres
  if server_pid >/dev/null; then
    stop_server
    say "stopped; the data stays in $data"
  else
    say "not running"
  fi
}

status() {
  find_binaries
  local pid
  if pid=$(server_pid) && answers; then
    say "running on 127.0.0.1:$(server_port | tr -d ' '), process $pid"
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
