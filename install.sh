#!/bin/sh
# Installs opper-agent for the user who runs it, without root:
#
#   curl -fsSL https://github.com/opper-ai/opper-agent/releases/latest/download/install.sh | sh
#
# Downloads the archive for this machine and SHA256SUMS, compares, and moves the program into place in one step. It
# changes no file of your shell. Run it again to update; delete the program to uninstall.
#
#   OPPER_INSTALL_DIR     where the program goes; ~/.local/bin
#   OPPER_AGENT_VERSION   1.2.3 for that release; the latest
#   OPPER_AGENT_BASE_URL  where the files of a release lie, such as a mirror; the release at GitHub
set -eu

REPOSITORY=https://github.com/opper-ai/opper-agent

fail() {
  printf 'error: %s\n' "$1" >&2
  if [ $# -gt 1 ]; then printf 'hint: %s\n' "$2" >&2; fi
  exit 1
}

has() {
  command -v "$1" >/dev/null 2>&1
}

# Everything is in functions, so that half a script, from a download that broke off, does nothing.
main() {
  directory=${OPPER_INSTALL_DIR:-}
  if [ -z "$directory" ]; then
    [ -n "${HOME:-}" ] || fail "HOME is not set." "Set OPPER_INSTALL_DIR to the directory to install into."
    directory=$HOME/.local/bin
  fi
  case $directory in
    /*) ;;
    *) directory=$PWD/$directory ;;
  esac

  asset=opper-agent-$(platform).tar.gz
  base=${OPPER_AGENT_BASE_URL:-}
  if [ -z "$base" ]; then
    if [ -n "${OPPER_AGENT_VERSION:-}" ]; then
      base=$REPOSITORY/releases/download/v${OPPER_AGENT_VERSION#v}
    else
      base=$REPOSITORY/releases/latest/download
    fi
  fi

  work=$(mktemp -d)
  # Also where this is interrupted: exit runs the trap of EXIT.
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 129' HUP

  printf 'Downloading %s/%s\n' "${base%/}" "$asset"
  download "${base%/}/SHA256SUMS" "$work/SHA256SUMS"
  download "${base%/}/$asset" "$work/$asset"
  verify "$work" "$asset"

  tar -xzf "$work/$asset" -C "$work" opper-agent || fail "$asset could not be unpacked."
  chmod 755 "$work/opper-agent"
  version=$("$work/opper-agent" --version) || fail "The program does not start on this machine. Nothing was installed."
  version=$(printf '%s\n' "$version" | head -n 1)

  mkdir -p "$directory" || fail "$directory could not be made." "OPPER_INSTALL_DIR names another directory."
  # First beside it, perhaps from another file system, then over it: at no time is there half a program.
  new=$directory/.opper-agent.$$
  trap 'rm -rf "$work" "$new"' EXIT
  if ! cp "$work/opper-agent" "$new" || ! mv -f "$new" "$directory/opper-agent"; then
    fail "$directory/opper-agent could not be written." "OPPER_INSTALL_DIR names another directory."
  fi
  printf 'Installed %s: %s\n' "$version" "$directory/opper-agent"

  case :$PATH: in
    *:"$directory":*)
      found=$(command -v opper-agent || true)
      if [ "$found" != "$directory/opper-agent" ]; then
        printf 'Note: "opper-agent" starts another program, which comes first in your PATH: %s\n' "$found"
      fi
      ;;
    *)
      printf 'Its directory is not in your PATH. To add it, put this into the start-up file of your shell:\n'
      printf '  export PATH="%s:$PATH"\n' "$directory"
      ;;
  esac
}

# What the release calls this machine.
platform() {
  system=$(uname -s)
  machine=$(uname -m)
  case $system in
    Linux)
      system=linux
      if (ldd --version 2>&1 || true) | grep -qi musl; then
        fail "opper-agent needs glibc, and this system has musl." "Run it from source with Deno: see the README."
      fi
      ;;
    Darwin)
      system=macos
      # A shell that runs translated on Apple silicon says x86_64.
      if [ "$machine" = x86_64 ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || true)" = 1 ]; then
        machine=arm64
      fi
      ;;
    MINGW* | MSYS* | CYGWIN*)
      fail "This script is not for Windows." "Download opper-agent-windows-x64.exe from $REPOSITORY/releases"
      ;;
    *) unsupported ;;
  esac
  case $machine in
    x86_64 | amd64) machine=x64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) unsupported ;;
  esac
  printf '%s-%s\n' "$system" "$machine"
}

unsupported() {
  fail "There is no opper-agent for $(uname -s) on $(uname -m)." "Run it from source with Deno: see the README."
}

# download URL FILE
download() {
  if has curl; then
    # A mirror that is asked by https must not lead elsewhere.
    case $1 in
      https:*) set -- "$1" "$2" --proto =https ;;
    esac
    from=$1 to=$2
    shift 2
    curl --fail --silent --show-error --location "$@" --output "$to" "$from" || fail "$from could not be downloaded."
  elif has wget; then
    wget -q -O "$2" "$1" || fail "$1 could not be downloaded."
  else
    fail "Neither curl nor wget is there to download with." "Install one of them."
  fi
}

# verify DIRECTORY NAME
verify() {
  wanted=$(awk -v name="$2" '$2 == name || $2 == "*" name { print $1; exit }' "$1/SHA256SUMS")
  [ -n "$wanted" ] || fail "SHA256SUMS says nothing of $2. Nothing was installed."
  if has sha256sum; then
    actual=$(sha256sum "$1/$2")
  elif has shasum; then
    actual=$(shasum -a 256 "$1/$2")
  elif has openssl; then
    actual=$(openssl dgst -sha256 -r "$1/$2")
  else
    fail "Nothing is there to compare checksums with." "Install sha256sum, shasum or openssl."
  fi
  actual=${actual%% *}
  if [ "$actual" != "$wanted" ]; then
    fail "The checksum of $2 is $actual, and should be $wanted. Nothing was installed." \
      "Try again later; if it stays so, do not trust this source."
  fi
}

main "$@"
