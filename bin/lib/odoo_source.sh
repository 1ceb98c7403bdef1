# shellcheck shell=bash
# Odoo 19 Community: one that is there already, or Debian's package, unpacked and not installed.
# Needs common.sh, apt.sh, python_env.sh. Sets ODOO_PATH (the folder that holds the package "odoo")
# and ODOO_ID (changes whenever the source does).

ODOO_LANGUAGES=fr,de,es,it,nl,pt
SYSTEM_PACKAGES=/usr/lib/python3/dist-packages
# Debian leaves out this minified library; every backend page then logs an error, which fails every
# browser test. An empty file in its place is enough: only video calls with blur would use it.
LEFT_OUT=odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js

ensure_odoo() {
  if [[ -n ${ODOO_SOURCE:-} ]]; then
    use_given_odoo "${ODOO_SOURCE%/}"
  elif grep -qs 'version_info = (19, 0' "$SYSTEM_PACKAGES/odoo/release.py" &&
    [[ -e $SYSTEM_PACKAGES/$LEFT_OUT ]]; then
    ODOO_PATH=$SYSTEM_PACKAGES
    ODOO_ID=system-$(short_hash <"$ODOO_PATH/odoo/release.py")
  else
    ODOO_PATH=$STATE/odoo/usr/lib/python3/dist-packages
    ODOO_ID=$( (pinned_debs && echo "$ODOO_LANGUAGES") | short_hash)
    [[ $(cat "$STATE/odoo/.id" 2>/dev/null) = "$ODOO_ID" ]] || unpack_pinned_odoo
  fi
}

# A git checkout (odoo-bin, odoo/, addons/) or an unpacked tree.
use_given_odoo() {
  grep -qs 'version_info = (19, 0' "$1/odoo/release.py" ||
    die "ODOO_SOURCE=$1 holds no Odoo 19: $1/odoo/release.py is missing or of another version"
  ODOO_PATH=$(cd "$1" && pwd)
  ODOO_ID=$( (echo "$ODOO_PATH" && cat "$1/odoo/release.py" &&
    git -C "$1" rev-parse HEAD 2>/dev/null || true) | short_hash)
}

pinned_debs() { grep -v '^#' "$LIB/odoo_packages.txt"; }

unpack_pinned_odoo() {
  local target=$STATE/odoo.tmp
  command -v dpkg-deb >/dev/null ||
    die "this is no Debian or Ubuntu (no dpkg-deb): set ODOO_SOURCE=/path/to/odoo-19"
  need_space 2000 "Odoo with its packages and databases"
  mkdir -p "$STATE/debs"
  rm -rf "$target"
  mkdir -p "$target"
  find_python
  step "Downloading Odoo and its fonts (135 MB)" "$LOGS/download.log" download_debs ||
    { step "Looking for a Debian archive" "$LOGS/names.log" fetch_archive_names &&
      step "Downloading Odoo and its fonts again" "$LOGS/download.log" download_debs; } ||
    die "could not download Odoo: $(why_no_deb)"
  step "Unpacking Odoo" "$LOGS/unpack.log" unpack_debs "$target" ||
    die "could not unpack Odoo (is the disk full?): see $LOGS/unpack.log"
  add_left_out_library "$target"
  echo "$ODOO_ID" >"$target/.id"
  rm -rf "$STATE/odoo"
  mv "$target" "$STATE/odoo"
  rm -rf "$STATE/debs" "$STATE/apt-unstable"
}

download_debs() {
  local path sha
  while read -r path sha; do
    echo "${path##*/}"
    fetch_from_mirrors "$path" "$sha" || return 1
  done < <(pinned_debs)
}

# fetch_from_mirrors POOL-PATH SHA256: into debs/; keeps a file that is already right.
fetch_from_mirrors() {
  local file=$STATE/debs/${1##*/} mirror
  sha256sum --check --quiet --status <<<"$2  $file" 2>/dev/null && return
  for mirror in $(debian_mirrors); do
    echo "trying $mirror"
    fetch "$mirror/$1" "$file" "$2" && return
    rm -f "$file" "$file.FAILED"
    [[ $1 = */odoo-19_* ]] && fetch_newest_odoo "$mirror" "$file" && return
  done
  return 1
}

# Debian unstable keeps only its newest version. When the pinned one has left the mirror, take what
# unstable's signed index names now. Kept under the pinned file's name.
fetch_newest_odoo() {
  local mirror=$1 file=$2 work=$STATE/apt-unstable key=/usr/share/keyrings/debian-archive-keyring.gpg
  local address sha
  [[ -r $key ]] || return 1
  echo "the pinned version has left the mirror; asking the signed index of unstable"
  mkdir -p "$work"
  echo "deb [arch=amd64 signed-by=$key] $mirror unstable main" >"$work/sources.list"
  private_apt "$work" "$work/sources.list" update || return 1
  read -r address sha < <(
    private_apt "$work" "$work/sources.list" -o APT::Architecture=amd64 download --print-uris odoo-19 2>/dev/null |
      tr -d "'" | awk '$2 ~ /^odoo-19_19[.]0/ {sub(/^SHA256:/, "", $4); print $1, $4}'
  ) || return 1
  fetch "$address" "$file" "$sha"
}

why_no_deb() {
  if [[ -z $(debian_mirrors) ]]; then
    echo "apt names no Debian archive on this machine; set ODOO_DEB_MIRROR to one (an address ending in /debian), or ODOO_SOURCE=/path/to/odoo-19"
  else
    echo "no archive that apt names gave it; check the network, set ODOO_DEB_MIRROR, or set ODOO_SOURCE=/path/to/odoo-19 (details: $LOGS/download.log)"
  fi
}

unpack_debs() {
  local target=$1 path
  while read -r path _; do
    echo "${path##*/}"
    case $path in
      */odoo-19_*) (set -o pipefail && dpkg-deb --fsys-tarfile "$STATE/debs/${path##*/}" |
        "$PYTHON" "$LIB/unpack_odoo.py" "$target" "$ODOO_LANGUAGES") || return 1 ;;
      *) dpkg-deb -x "$STATE/debs/${path##*/}" "$target" || return 1 ;;
    esac
  done < <(pinned_debs)
}

add_left_out_library() {
  local file=$1/usr/lib/python3/dist-packages/$LEFT_OUT
  [[ -e $file ]] && return
  mkdir -p "$(dirname "$file")"
  echo '// not part of the Debian package' >"$file"
}

# Make VENV import this Odoo, run it as $VENV/bin/odoo, and let wheels of OCA addons install.
link_odoo() {
  local site info
  site=$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  info=$site/odoo-19.0.dist-info
  echo "$ODOO_PATH" >"$site/odoo-source.pth"
  mkdir -p "$info"
  printf 'Metadata-Version: 2.1\nName: odoo\nVersion: 19.0\n' >"$info/METADATA"
  printf 'Wheel-Version: 1.0\nGenerator: setup\nRoot-Is-Purelib: true\nTag: py3-none-any\n' >"$info/WHEEL"
  echo setup >"$info/INSTALLER"
  printf 'odoo-19.0.dist-info/%s,,\n' METADATA WHEEL INSTALLER RECORD >"$info/RECORD"
  # Not "python -m odoo": its worker for long polling would not start.
  cat >"$VENV/bin/odoo" <<PYTHON
#!$VENV/bin/python
import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()
PYTHON
  chmod +x "$VENV/bin/odoo"
}
