#!/usr/bin/env bash
# Builds and signs the sample app, without Gradle.
#   build.sh VERSION VERSIONCODE OUTPUT       e.g. build.sh 1.2.3 1002003 build_production.apk
#   SLIPWAY_SANDBOX_ROOT                      where the signing key is kept; it is made at the first build
# A real product signs with its own key: replace this script by the product's build, the pipeline checks the result.
set -euo pipefail
umask 077

usage() {
  printf 'build.sh: %s\nusage: build.sh VERSION VERSIONCODE OUTPUT\n' "$1" >&2
  exit 2
}

[ "$#" -eq 3 ] || usage "three arguments are expected, $# were given"
version=$1
code=$2
output=$3
[[ "$version" =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || usage "'$version' is no version like 1.2.3"
if ! [[ "$code" =~ ^[1-9][0-9]{0,9}$ ]] || [ "$code" -gt 2100000000 ]; then
  usage "'$code' is no version code from 1 to 2100000000"
fi
case "$output" in
  "" | -*) usage "'$output' is no output file" ;;
esac
[ -d "$(dirname "$output")" ] || usage "the folder of '$output' is not there"
case "${SLIPWAY_SANDBOX_ROOT:-}" in
  /*) ;;
  *) usage "SLIPWAY_SANDBOX_ROOT is not an absolute path: '${SLIPWAY_SANDBOX_ROOT:-}'" ;;
esac
for program in apktool zipalign apksigner keytool; do
  command -v "$program" >/dev/null 2>&1 || {
    printf 'build.sh: the program %s is not there\n  next: apt-get install apktool zipalign apksigner default-jdk-headless   (or ./build.sh --target=Bootstrap)\n' "$program" >&2
    exit 1
  }
done

source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/slipway-apk-XXXXXX")
trap 'rm -rf "$work"' EXIT
log=$work/log

# run PROGRAM ARGUMENTS…: quiet unless it fails.
run() {
  "$@" >"$log" 2>&1 </dev/null || {
    printf 'build.sh: %s failed:\n' "$1" >&2
    tail -n 20 "$log" >&2
    exit 1
  }
}

keys=$SLIPWAY_SANDBOX_ROOT/keys
password=$keys/password
store=$keys/release.p12

# The key is made beside and renamed, so that an interrupted build leaves none or a whole one, and two builds at the
# same time use the same one. The password stands in a file, never in an argv.
make_key() {
  mkdir -p "$keys"
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$keys/lock"
    flock 9
  fi
  if [ ! -s "$store" ]; then
    rm -f "$store.new"
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$password"
    run keytool -genkeypair -keystore "$store.new" -storetype PKCS12 -storepass:file "$password" -alias release \
      -keyalg RSA -keysize 3072 -sigalg SHA256withRSA -validity 10950 -dname "CN=Slipway sandbox, O=Not a real signer"
    mv -f "$store.new" "$store"
  fi
  exec 9>&-
}

make_key

mkdir "$work/app" "$work/framework"
cp -R "$source/AndroidManifest.xml" "$source/res" "$source/smali" "$work/app/"
# Both values were checked above: they hold nothing that sed or YAML reads as more than text.
sed -e "s/@VERSION_CODE@/$code/" -e "s/@VERSION_NAME@/$version/" "$source/apktool.yml" >"$work/app/apktool.yml"

run apktool --quiet build "$work/app" --frame-path "$work/framework" --use-aapt2 --output "$work/unsigned.apk"
run zipalign -f 4 "$work/unsigned.apk" "$work/aligned.apk"
run apksigner sign --ks "$store" --ks-type PKCS12 --ks-key-alias release --ks-pass "file:$password" \
  --min-sdk-version 24 --v1-signing-enabled false --v2-signing-enabled true --v3-signing-enabled true \
  --out "$work/signed.apk" "$work/aligned.apk"

# Beside and renamed: who sees the file sees all of it.
chmod 0644 "$work/signed.apk"
cp "$work/signed.apk" "$output.tmp"
mv -f "$output.tmp" "$output"
