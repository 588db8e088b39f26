#!/bin/bash
# Installs Chromium, which tests of the web page drive, on Debian, as root and without questions.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

if command -v chromium >/dev/null; then
  echo "Chromium is installed: $(command -v chromium)"
  exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "install-chromium: knows Debian only, and must run as root; install Chromium yourself, or name one in CHROMIUM" >&2
  exit 1
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null
echo "Chromium is ready: $(command -v chromium)"
