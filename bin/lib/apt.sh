# shellcheck shell=bash
# Debian packages fetched without installing them, without root, and only from the places this
# machine's own apt is configured with. Needs common.sh.

APT_HELPER=/usr/lib/apt/apt-helper
# Files of apt's Python library that name archives (one or the other, by version).
ARCHIVE_NAMES=({,"$STATE/archive-names"}/usr/share/python-apt/templates/{D,d}ebian.info)

# debian_mirrors [FOLDER]: base addresses (…/debian) that may hold Debian's pool, best first, one a
# line. FOLDER replaces /etc/apt (tests). Every download is checked against a pinned hash, so
# guessing wrong costs a try and nothing else.
debian_mirrors() {
  local etc=${1:-/etc/apt} addresses
  if [[ -n ${ODOO_DEB_MIRROR:-} ]]; then
    echo "${ODOO_DEB_MIRROR%/}"
    return
  fi
  addresses=$(configured_addresses "$etc")
  {
    grep -oE '^https?://.+/debian$' <<<"$addresses" || true
    # Ubuntu: many mirrors keep Debian next to it, and Ubuntu's own files name a Debian archive.
    sed -nE 's#^(https?://.+)/ubuntu$#\1/debian#p' <<<"$addresses"
    sed -nE 's#^BaseURI: *(https?:.+/debian)/?$#\1#p' "${ARCHIVE_NAMES[@]}" 2>/dev/null || true
  } | awk 'NF && !seen[$0]++'
}

# Where apt's Python library is not installed, its file with the names of archives can be fetched.
fetch_archive_names() {
  ! cat "${ARCHIVE_NAMES[@]}" 2>/dev/null | grep -q BaseURI &&
    fetch_deb_of_release python-apt-common "$STATE/archive-names"
}

# Addresses of package archives in apt's files. apt itself answers only after a first update.
configured_addresses() {
  local etc=$1
  {
    # shellcheck disable=SC2016 # apt expands it
    [[ $etc != /etc/apt ]] || apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages'
    cat "$etc"/sources.list "$etc"/sources.list.d/*.list "$etc"/sources.list.d/*.sources \
      "$etc"/mirrors/*.list
  } 2>/dev/null | grep -v '^ *#' | grep -oE 'https?://[^][:space:][]+' | sed 's#/*$##' || true
}

# fetch ADDRESS FILE SHA256: apt's own client keeps proxies, certificates and credentials, mends
# partial files, and refuses a wrong hash.
fetch() {
  if [[ -x $APT_HELPER ]]; then
    "$APT_HELPER" -qq -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=3 \
      -o Acquire::Check-Valid-Until=false download-file "$1" "$2" "SHA256:$3"
  else
    curl --fail --silent --show-error --location --retry 3 --output "$2" "$1" &&
      sha256sum --check --quiet <<<"$3  $2"
  fi
}

# private_apt FOLDER SOURCES ARGUMENT…: apt-get with its own lists and caches and, unless SOURCES is
# empty, its own sources file; needs no root and changes nothing on the machine.
private_apt() {
  local folder=$1 sources=$2
  shift 2
  mkdir -p "$folder"/lists/partial "$folder"/cache/archives/partial "$folder"/empty
  : >"$folder/status"
  {
    printf 'Dir::State "%s"; Dir::State::Lists "%s/lists"; Dir::State::status "%s/status";\n' \
      "$folder" "$folder" "$folder"
    printf 'Dir::Cache "%s/cache"; Acquire::Languages "none"; APT::Sandbox::User "%s";\n' \
      "$folder" "$(id -un)"
    [[ -z $sources ]] || printf 'Dir::Etc::SourceList "%s"; Dir::Etc::SourceParts "%s/empty";\n' \
      "$sources" "$folder"
  } >"$folder/apt.conf"
  APT_CONFIG=$folder/apt.conf apt-get -qq "$@"
}

# fetch_deb_of_release PACKAGE FOLDER: unpack the release's own package there.
fetch_deb_of_release() {
  local package=$1 target=$2 work=$STATE/apt-release
  command -v apt-get >/dev/null || return 1
  (
    mkdir -p "$work/download" && cd "$work/download" || exit 1
    private_apt "$work" "" update && private_apt "$work" "" download "$package" &&
      mkdir -p "$target" && dpkg-deb -x "$package"_*.deb "$target"
  ) || return 1
  rm -rf "$work"
}
