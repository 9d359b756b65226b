#!/bin/sh
# What is on the disks of one run? disk.sh FOLDER REPOSITORY RUN
#
# RUN/extra lies over the read-only root: settings, units, the camera commands. RUN/product.img is the build of
# REPOSITORY as it is now; RUN/data.img starts with the kiosk's keys and is the only thing that survives a power cut.
set -eu
folder=$1 repository=$2 run=$3
room="$repository/tests/board/arm64"
mkdir -p "$run/extra/etc/systemd/system/multi-user.target.wants" "$run/extra/usr/bin" "$run/product/src"
cp -r "$repository/dist" "$run/product/"
cp "$repository/package.json" "$run/product/"
cp "$repository/src/motcua.mjs" "$run/product/src/"
ln -s /usr/lib/motcua/node_modules "$run/product/node_modules"
mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$run/product" "$run/product.img" 256M
mke2fs -q -t ext4 -d "$run/data" "$run/data.img" 256M
rm -rf "$run/product"
# The units as they are installed; the program's own helpers among them are not asked for on this board.
for unit in "$repository"/systemd/*.service "$repository"/systemd/*.socket; do
  if [ -e "$unit" ]; then cp "$unit" "$run/extra/etc/systemd/system/"; fi
done
mkdir -p "$run/extra/etc/sysusers.d" "$run/extra/etc/tmpfiles.d"
if [ -e "$repository/systemd/motcua.sysusers.conf" ]; then
  cp "$repository/systemd/motcua.sysusers.conf" "$run/extra/etc/sysusers.d/motcua.conf"
fi
if [ -e "$repository/systemd/motcua.tmpfiles.conf" ]; then
  cp "$repository/systemd/motcua.tmpfiles.conf" "$run/extra/etc/tmpfiles.d/motcua.conf"
fi
cp -r "$room/guest/." "$run/extra/"
chmod 755 "$run"/extra/usr/bin/*
for unit in motcua.service board-world.service board-screen.socket; do
  ln -s "/etc/systemd/system/$unit" "$run/extra/etc/systemd/system/multi-user.target.wants/$unit"
done
ln -sf /lib/systemd/system/systemd-networkd.service \
  "$run/extra/etc/systemd/system/multi-user.target.wants/systemd-networkd.service"
cp -r "$folder/first" "$run/first"
cp "$room/init" "$run/first/init"
chmod 755 "$run/first/init"
cp -r "$run/extra" "$run/first/extra"
(cd "$run/first" && find . | cpio -o -H newc -R 0:0 --quiet | gzip -1 > "$run/first.gz")
rm -rf "$run/first"
