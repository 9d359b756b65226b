#!/bin/sh
# What is on the disks of one run? disk.sh FOLDER REPOSITORY RUN
#
# RUN/extra lies over the read-only root: what the package has outside of /opt, this board's settings and drivers, and
# the programs that solder it to the world. RUN/data.img starts with the kiosk's keys and is the only thing that
# survives a power cut.
set -eu
folder=$1 repository=$2 run=$3
room="$repository/tests/board/arm64"
mke2fs -q -t ext4 -d "$run/data" "$run/data.img" 256M
cp -r "$folder/package/tree/usr" "$run/extra/"
cp -r "$room/guest/." "$run/extra/"
chmod 755 "$run"/extra/usr/bin/*
# The tests' programs find the product's modules where the package has them.
world="$run/extra/usr/lib/board"
mkdir -p "$world/dist/tests/board/arm64" "$world/dist/tests/kernel"
for name in world cam tray; do cp "$repository/dist/tests/board/arm64/$name.js" "$world/dist/tests/board/arm64/"; done
cp "$repository"/dist/tests/kernel/kernel-lines.js "$repository"/dist/tests/kernel/relay.js "$world/dist/tests/kernel/"
cp "$repository/package.json" "$world/"
ln -s /opt/motcua/dist/src "$world/dist/src"
ln -s /opt/motcua/node_modules "$world/node_modules"
wants="$run/extra/etc/systemd/system/multi-user.target.wants"
mkdir -p "$wants"
ln -s /usr/lib/systemd/system/motcua.service "$wants/motcua.service"
for unit in board-world.service board-screen.socket; do ln -s "/etc/systemd/system/$unit" "$wants/$unit"; done
ln -s /lib/systemd/system/systemd-networkd.service "$wants/systemd-networkd.service"
cp -r "$folder/first" "$run/first"
cp "$room/init" "$run/first/init"
chmod 755 "$run/first/init"
cp -r "$run/extra" "$run/first/extra"
(cd "$run/first" && find . | cpio -o -H newc -R 0:0 --quiet | gzip -1 > "$run/first.gz")
rm -rf "$run/first"
