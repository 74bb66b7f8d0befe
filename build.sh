#!/usr/bin/env bash
# Brings the .NET SDK that global.json names if it is missing, builds the pipeline when a source changed, and runs it.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
state="$root/.slipway"
current="$state/program/current"

dotnet=dotnet
if [[ -x "$state/dotnet/dotnet" ]]; then
  dotnet="$state/dotnet/dotnet"
  export DOTNET_ROOT="$state/dotnet"
fi

# A changed or new file is newer than the stamp; a deleted or renamed one makes its folder newer.
is_fresh() {
  [[ -f "$current/Slipway.dll" && -f "$current/stamp" ]] || return 1
  local changed
  changed=$(find "$root/build" "$root/Directory.Build.props" "$root/Directory.Build.targets" \
    "$root/Directory.Packages.props" "$root/global.json" "$root/.editorconfig" \
    -newer "$current/stamp" -print -quit)
  [[ -z "$changed" ]]
}

install_sdk() {
  local version
  version=$(sed -n 's/.*"version"[^"]*"\([^"]*\)".*/\1/p' "$root/global.json")
  echo "The .NET SDK $version is not on this machine; installing it into .slipway/dotnet" >&2
  mkdir -p "$state"
  if ! curl -fsSL --retry 3 -o "$state/dotnet-install.sh" https://dot.net/v1/dotnet-install.sh ||
    ! bash "$state/dotnet-install.sh" --version "$version" --install-dir "$state/dotnet" --no-path >&2; then
    echo "The .NET SDK $version could not be installed. Install it by hand (the page of .NET downloads names a package for every system) and run this again." >&2
    exit 2
  fi
  dotnet="$state/dotnet/dotnet"
  export DOTNET_ROOT="$state/dotnet"
}

build() {
  (cd "$root" && "$dotnet" --version >/dev/null 2>&1) || install_sdk
  local target log="$state/build.log" rid=()
  target="$state/program/$(date +%s)-$$"
  mkdir -p "$target"
  touch "$target/stamp" # before the build: what changes while it runs is newer
  # Compiled ahead of time where the compiler's package is pinned for the platform; just in time elsewhere.
  if [[ "$(uname -sm)" == "Linux x86_64" ]]; then
    rid=(-r linux-x64 --self-contained false -p:PublishReadyToRun=true)
  fi
  if ! (cd "$root" && "$dotnet" publish build/Pipeline/Pipeline.csproj -c Release "${rid[@]}" -o "$target" \
    -p:GenerateDocumentationFile=false -p:RunAnalyzers=false -v minimal -nodeReuse:false) >"$log" 2>&1; then
    cat "$log" >&2
    echo "The pipeline did not build; the log above is .slipway/build.log" >&2
    rm -rf "$target"
    exit 1
  fi
  ln -sfn "${target##*/}" "$state/program/next-$$"
  mv -fT "$state/program/next-$$" "$current" 2>/dev/null || { rm -rf "$current" && mv "$state/program/next-$$" "$current"; }
  # Programs that still run load their parts from the folder they started in: the last three stay.
  find "$state/program" -mindepth 1 -maxdepth 1 -type d -name '*-*' | sort -r | tail -n +4 |
    while read -r old; do rm -rf "$old"; done
}

if ! is_fresh; then
  mkdir -p "$state/program"
  if command -v flock >/dev/null; then
    exec 9>"$state/program/lock"
    flock 9
    is_fresh || build
    exec 9>&-
  else
    build
  fi
fi

export DOTNET_TieredPGO=0 SLIPWAY_ROOT="$root"
# The folder itself, not the link to it: a running program must not meet the parts of a newer one.
program=$(cd -P "$current" && pwd)
exec "$dotnet" exec "$program/Slipway.dll" "$@"
