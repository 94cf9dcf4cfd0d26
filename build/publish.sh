#!/usr/bin/env bash
# Makes artifacts/waybill-linux-x64: Waybill with its own .NET, to copy to any x64 Linux with glibc 2.31 or newer. See docs/install.md.
set -euo pipefail
cd "$(dirname "$0")/.."
source build/prepare.sh

out=artifacts/waybill-linux-x64
need_sdk
build_clients
say "Publishing ..."
rm -rf $out
# Its own folders and lock files: the everyday build knows no runtime identifier, and its lock files stay as they are.
dotnet publish src/Waybill.Server -c Release -r linux-x64 --self-contained \
  -p:PublishReadyToRun=true -p:ArtifactsPath="$PWD/artifacts/publish" -p:OwnLockFiles=true \
  -p:RestoreLockedMode=false -p:DebugType=none -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false -o $out/app -v quiet -clp:NoSummary >&2 || fail "Publishing failed."
cp -r deploy $out/deploy
cp deploy/waybill $out/waybill
cp LICENSE SECURITY.md CHANGELOG.md docs/install.md docs/configuration.md $out/
sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props >$out/VERSION
say "Waybill $(cat $out/VERSION) is in $out ($(du -sh $out | cut -f1)). docs/install.md says how to install it."
