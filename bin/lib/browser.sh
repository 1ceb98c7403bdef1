# shellcheck shell=bash
# Chromium for the browser tests: the installed one, else the release's own package and what it
# needs, unpacked and not installed. Needs common.sh, apt.sh.

CHROMIUM=$STATE/chromium

# Odoo takes the first of these on the PATH, and silently skips browser tests without any.
has_browser() {
  local name
  for name in google-chrome chromium chromium-browser google-chrome-stable; do
    ! command -v "$name" >/dev/null || return 0
  done
  return 1
}

# ensure_browser required|optional
ensure_browser() {
  ! has_browser || return 0
  PATH=$CHROMIUM/bin:$PATH
  ! has_browser || return 0
  if [[ $1 = optional ]]; then
    warn "no Chromium: browser tests are skipped (apt-get install chromium)"
    return
  fi
  need_space 1500 "Chromium"
  step "Getting Chromium (none is installed)" "$LOGS/chromium.log" unpack_chromium ||
    die "no Chromium for the browser tests, and it could not be fetched: apt-get install chromium (or bin/test --no-browser to skip them)"
}

unpack_chromium() {
  local work=$STATE/apt-chromium root=$CHROMIUM.tmp package
  rm -rf "$work" "$root"
  mkdir -p "$root/bin"
  private_apt "$work" "" update || return 1
  private_apt "$work" "" -o Dir::State::status=/var/lib/dpkg/status -o Debug::NoLocking=1 \
    --yes --download-only --no-install-recommends install chromium || return 1
  for package in "$work"/cache/archives/*.deb; do
    dpkg-deb -x "$package" "$root" || return 1
  done
  [[ -x $root/usr/lib/chromium/chromium ]] || return 1
  write_chromium_wrapper >"$root/bin/chromium"
  chmod +x "$root/bin/chromium"
  rm -rf "$CHROMIUM" "$work"
  mv "$root" "$CHROMIUM"
  "$CHROMIUM/bin/chromium" --headless --no-sandbox --disable-gpu --dump-dom about:blank
}

# Libraries and fonts are looked for where they were unpacked.
write_chromium_wrapper() {
  cat <<WRAPPER
#!/bin/sh
export LD_LIBRARY_PATH="\$(find '$CHROMIUM/usr/lib' -name '*.so*' -printf '%h\\n' | sort -u | paste -sd:)"
export FONTCONFIG_SYSROOT='$CHROMIUM'
exec '$CHROMIUM/usr/lib/chromium/chromium' "\$@"
WRAPPER
}
