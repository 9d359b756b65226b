#!/bin/sh
# What is on the board's read-only disk? root.sh FOLDER
#
# Debian's packages unpacked and not configured: nothing of arm64 has to run here, and systemd asks for little (the
# users of sysusers.d are made at boot). Beside them the kernel's modules, and the place of the product.
set -eu
folder=$1
version=$(cat "$folder/kernel/version")
root="$folder/root"
rm -rf "$root"
mkdir -p "$root/usr/bin" "$root/usr/sbin" "$root/usr/lib" "$root/opt/motcua" "$root/var/lib/motcua"
mkdir -p "$root/proc" "$root/sys" "$root/dev" "$root/run" "$root/tmp" "$root/etc"
for name in bin sbin lib; do ln -s "usr/$name" "$root/$name"; done
ln -s ../run "$root/var/run"
for package in "$folder"/apt/cache/archives/*.deb; do
  # libcamera's tools can also draw windows; nothing here does.
  case "$package" in */libqt5* | */libllvm* | */libgl1-mesa-dri* | */libz3-* | */busybox-static*) continue ;; esac
  dpkg-deb --fsys-tarfile "$package" | tar x --keep-directory-symlink -C "$root"
done
rm -rf "$root/usr/share/doc" "$root/usr/share/man" "$root/usr/share/locale" "$root/usr/share/i18n"
cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
: > "$root/etc/machine-id"
# Nobody logs in here: the serial line belongs to what is printed.
mkdir -p "$root/etc/systemd/system"
for unit in getty@.service getty-static.service serial-getty@.service systemd-timesyncd.service; do
  ln -s /dev/null "$root/etc/systemd/system/$unit"
done
mkdir -p "$root/usr/lib/modules"
cp -a "$folder/kernel/root/lib/modules/$version" "$root/usr/lib/modules/"
# What this board has no device for is most of it.
(cd "$root/usr/lib/modules/$version/kernel" && rm -rf drivers/gpu drivers/net/wireless drivers/net/ethernet \
  drivers/infiniband drivers/scsi drivers/iio drivers/staging drivers/hid sound net/bluetooth net/mac80211)
depmod -b "$root" "$version"
# The first disk that is mounted: drivers of disks and a shell.
first="$folder/first"
rm -rf "$first"
mkdir -p "$first/bin" "$first/proc" "$first/sys" "$first/dev" "$first/lib/modules/$version"
dpkg-deb --fsys-tarfile "$folder"/apt/cache/archives/busybox-static_*.deb | tar xO ./bin/busybox > "$first/bin/busybox"
chmod +x "$first/bin/busybox"
(
  cd "$root/usr/lib/modules/$version"
  grep -E '/(virtio_pci|virtio_blk|crc32c_generic|ext4|overlay)\.ko:' modules.dep | tr -d : | tr ' ' '\n' | sort -u |
    cpio -p -d --quiet "$first/lib/modules/$version"
  cp modules.dep modules.alias modules.softdep "$first/lib/modules/$version/"
)
rm -f "$folder/root.img"
mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$root" "$folder/root.img" 900M
rm -rf "$root"
