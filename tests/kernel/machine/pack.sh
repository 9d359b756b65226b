#!/bin/sh
# What is on the machine's disk? pack.sh MACHINE REPOSITORY NODE: node, the drivers of lines, what they need.
set -eu
machine=$1 repository=$2 node=$3
disk="$machine/disk"
rm -rf "$disk"
mkdir -p "$disk/bin" "$disk/proc" "$disk/sys" "$disk/dev" "$disk/tmp" "$disk/drivers" "$disk/app/node_modules"
with_libraries() {
  cp -L "$1" "$disk/bin/"
  for library in $(ldd "$1" | grep -o '/[^ ]*'); do
    mkdir -p "$disk$(dirname "$library")"
    cp -Ln "$library" "$disk$library"
  done
}
for program in "$node" /bin/sh /bin/mount /bin/mkdir /bin/sleep; do with_libraries "$program"; done
gpiod=$(ldd "$repository/node_modules/node-libgpiod/build/Release/node-libgpiod.node" | grep -o '/[^ ]*libgpiod[^ ]*')
mkdir -p "$disk$(dirname "$gpiod")"
cp -L "$gpiod" "$disk$gpiod"
gcc -static -O1 "$repository/tests/kernel/machine/insmod.c" -o "$disk/bin/insmod"
cp "$repository/tests/kernel/machine/init" "$disk/init"
chmod +x "$disk/init"
cp "$machine"/driver/*.ko "$disk/drivers/"
for package in node-libgpiod bindings file-uri-to-path onoff epoll lodash.debounce; do
  cp -rL "$repository/node_modules/$package" "$disk/app/node_modules/"
done
for room in src/core src/hal/lines src/hal/port tests/kernel/machine; do
  mkdir -p "$disk/app/dist/$room"
  cp -r "$repository/dist/$room/." "$disk/app/dist/$room/"
done
echo '{ "type": "module" }' > "$disk/app/package.json"
cd "$disk"
find . | "$machine/root/bin/cpio" -o -H newc 2> "$machine/cpio.log" | gzip -1 > "$machine/disk.gz"
