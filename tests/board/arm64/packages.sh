#!/bin/sh
# Which Debian packages make the emulated board, and where do they lie? packages.sh FOLDER
#
# An apt of its own for arm64 beside the machine's: nothing is installed and no foreign architecture is added.
# 320 MB, once. The kernel's source is for three drivers that Debian leaves out.
set -eu
folder=$1
mkdir -p "$folder/apt/state/lists/partial" "$folder/apt/cache/archives/partial" "$folder/kernel"
: > "$folder/apt/status"
cat > "$folder/apt/apt.conf" <<CONF
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Sandbox::User "root";
Dir::State "$folder/apt/state";
Dir::State::status "$folder/apt/status";
Dir::Cache "$folder/apt/cache";
CONF
export APT_CONFIG="$folder/apt/apt.conf"
apt-get update -q
version=$(apt-cache depends linux-headers-arm64 | sed -n 's/.*Depends: linux-headers-\(.*\)$/\1/p' | head -1)
cd "$folder/kernel"
rm -f ./*.deb
apt-get download -q "linux-image-$version" "linux-headers-$version" "linux-headers-${version%-arm64}-common" linux-source-6.1
# What builds drivers runs here and not on the board: from the machine's own architecture.
APT_CONFIG=/dev/null apt-get download -q -o APT::Sandbox::User=root linux-kbuild-6.1
echo "$version" > version
apt-get install -q -y --no-install-recommends --download-only \
  base-files base-passwd bash dash coreutils libc6 util-linux mount systemd systemd-sysv udev kmod sed grep \
  libcamera-tools libcamera-ipa libstdc++6 busybox-static
