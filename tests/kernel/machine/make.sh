#!/bin/sh
# How is a machine with a real GPIO kernel made of Debian's packages, without installing any of them?
#
# make.sh FOLDER: Debian's amd64 kernel, its gpio-sim driver built out of tree (Debian leaves it out), QEMU.
# Nothing runs as a service and nothing outside FOLDER is touched. 300 MB are fetched, once.
set -eu
mkdir -p "$1/packages/partial" "$1/root" "$1/driver"
cd "$1"
version=$(apt-cache depends linux-headers-amd64 | sed -n 's/.*Depends: linux-headers-\(.*\)$/\1/p' | head -1)
common="linux-headers-${version%-amd64}-common"
(cd packages && apt-get download "linux-image-$version" "linux-headers-$version" "$common" linux-source-6.1 linux-kbuild-6.1)
apt-get install -y --no-install-recommends --download-only -o Dir::Cache::archives="$PWD/packages" qemu-system-x86 cpio
for package in packages/*.deb; do
  case "$package" in */linux-source-*) ;; *) dpkg-deb -x "$package" root ;; esac
done
dpkg-deb --fsys-tarfile packages/linux-source-6.1_*.deb | tar xO ./usr/src/linux-source-6.1.tar.xz |
  tar xJ -C driver --strip-components=3 linux-source-6.1/drivers/gpio/gpio-sim.c \
    linux-source-6.1/drivers/gpio/gpiolib.h linux-source-6.1/kernel/irq/irq_sim.c
# The one call that is not exported to modules, and its exported equal.
sed -i 's/handle_simple_irq(irq_to_desc(irqnum));/generic_handle_irq(irqnum);/' driver/irq_sim.c
printf 'obj-m += gpio-simulator.o\ngpio-simulator-y := gpio-sim.o irq_sim.o\n' > driver/Makefile
headers="$PWD/root/usr/src/linux-headers-$version"
sed -i "s#include /usr/src/#include $PWD/root/usr/src/#" "$headers/Makefile"
make -C "$headers" M="$PWD/driver" CC=gcc CONFIG_IRQ_SIM=y modules
strip -g driver/gpio-simulator.ko
cp "root/boot/vmlinuz-$version" vmlinuz
cp "root/lib/modules/$version/kernel/fs/configfs/configfs.ko" driver/
rm -rf packages
touch made
