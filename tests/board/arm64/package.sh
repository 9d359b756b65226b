#!/bin/sh
# What of the product is on the board? package.sh FOLDER REPOSITORY
#
# The Debian package for arm64, made as `npm run deb -- --arch arm64` makes it, with its Node and its cross-built
# add-ons; unpacked and not configured, as everything on this board. better-sqlite3 takes minutes, once.
set -eu
folder=$1 repository=$2
rm -rf "$folder/package"
mkdir -p "$folder/package"
deb=$(MOTCUA_SETUP=done node "$repository/board/debian/build.mjs" --arch arm64 --compress none --out "$folder/package")
dpkg-deb -x "$deb" "$folder/package/tree"
rm -f "$folder/package.img" "$deb"
mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$folder/package/tree/opt/motcua" "$folder/package.img" 700M
# What lies over the root in each run: units, rules of udev, users and folders.
rm -rf "$folder/package/tree/opt" "$folder/package/tree/usr/share"
