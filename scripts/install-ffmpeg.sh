#!/bin/bash
# Installs ffmpeg, which makes and reads the videos of tests, on Debian, as root and without questions.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

if command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null; then
  echo "ffmpeg is installed: $(command -v ffmpeg)"
  exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "install-ffmpeg: knows Debian only, and must run as root; install ffmpeg yourself" >&2
  exit 1
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends ffmpeg >/dev/null
echo "ffmpeg is ready: $(command -v ffmpeg)"
