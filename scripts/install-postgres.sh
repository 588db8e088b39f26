#!/bin/bash
# Installs PostgreSQL with pgvector on Debian or Ubuntu, as root, without questions and without making a cluster.
#
# Debian 12 has no package of pgvector, so it is compiled from source, in three seconds. The source is the first of
#   1. $FOVEA_PGVECTOR_SOURCE          a tarball
#   2. ../shared/tools/store/pgvector-*.tar.gz beside the checkout
#   3. the source package of Debian trixie (only the source is taken from there: its binaries would replace libc)
# What is installed already is left alone: a second run takes a moment.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
root=$(cd "$(dirname "$0")/.." && pwd)

fail() {
  echo "install-postgres: $*" >&2
  exit 1
}

newest_version() {
  ls /usr/lib/postgresql 2>/dev/null | sort -n | tail -1
}

has_pgvector() {
  [ -n "$1" ] && [ -x "/usr/lib/postgresql/$1/bin/initdb" ] && [ -f "/usr/share/postgresql/$1/extension/vector.control" ]
}

version=$(newest_version)
if has_pgvector "$version"; then
  echo "PostgreSQL $version with pgvector is installed: /usr/lib/postgresql/$version/bin"
  exit 0
fi
[ "$(id -u)" = 0 ] || fail "must run as root, to install packages"
command -v apt-get >/dev/null || fail "knows Debian and Ubuntu only; install PostgreSQL 15 or later and pgvector 0.8.4 or later yourself"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

# No cluster of the distribution's: tests start their own, and servers are somebody's decision.
mkdir -p /etc/postgresql-common/createcluster.d
echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/fovea.conf

apt-get update -qq
apt-get install -y -qq --no-install-recommends postgresql gcc make libc6-dev ca-certificates >/dev/null
version=$(newest_version)
[ -n "$version" ] || fail "the package postgresql brought no server"

# The headers are unpacked, not installed: their package pulls in 600 MB of clang.
if [ ! -f "/usr/include/postgresql/$version/server/postgres.h" ]; then
  (cd "$work" && apt-get download -qq "postgresql-server-dev-$version" 2>/dev/null)
  dpkg -x "$work/postgresql-server-dev-$version"_*.deb "$work/headers"
  mkdir -p "/usr/include/postgresql/$version"
  cp -r "$work/headers/usr/include/postgresql/$version/server" "/usr/include/postgresql/$version/"
fi

# The mirror of Debian's archive that this machine uses already.
debian_mirror() {
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | awk 'NR == 1')
  [ -n "$mirror" ] || fail "no source of Debian's packages is set up here"
  echo "${mirror%/}"
}

debian_source() {
  local list=$work/trixie
  mkdir -p "$list/lists/partial" "$list/archives/partial" "$work/debian"
  chmod 777 "$work/debian" "$list/lists/partial" "$list/archives/partial"
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) trixie main" >"$list/sources.list"
  local options=(-o Dir::Etc::sourcelist="$list/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$list/lists"
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Get::List-Cleanup=0)
  apt-get "${options[@]}" update -qq
  (cd "$work/debian" && apt-get "${options[@]}" source -qq --download-only pgvector >/dev/null)
  ls "$work"/debian/pgvector_*.orig.tar.*
}

find_source() {
  if [ -n "${FOVEA_PGVECTOR_SOURCE:-}" ]; then
    [ -f "$FOVEA_PGVECTOR_SOURCE" ] || fail "FOVEA_PGVECTOR_SOURCE names no file: $FOVEA_PGVECTOR_SOURCE"
    echo "$FOVEA_PGVECTOR_SOURCE"
  elif compgen -G "$root/../shared/tools/store/pgvector-*.tar.gz" >/dev/null; then
    compgen -G "$root/../shared/tools/store/pgvector-*.tar.gz" | sort -V | tail -1
  else
    debian_source
  fi
}

source=$(find_source)
[ -f "$source" ] || fail "found no source of pgvector"
mkdir "$work/pgvector"
tar xf "$source" -C "$work/pgvector" --strip-components=1
make -s -j"$(nproc)" -C "$work/pgvector" OPTFLAGS="" with_llvm=no \
  PG_CONFIG="/usr/lib/postgresql/$version/bin/pg_config" all install >"$work/log" 2>&1 || {
  cat "$work/log" >&2
  fail "pgvector did not compile"
}
has_pgvector "$version" || fail "pgvector was compiled, but is not where PostgreSQL $version looks for it"
echo "PostgreSQL $version with pgvector from $(basename "$source") is ready: /usr/lib/postgresql/$version/bin"
