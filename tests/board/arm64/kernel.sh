#!/bin/sh
# How do the board's GPIO chip, I2C bus and camera get into Debian's arm64 kernel? kernel.sh FOLDER SOURCES
#
# Out of tree against Debian's headers: gpio-sim and vimc from Debian's own source, the I2C far end from SOURCES, and
# what hangs the kernel.
set -eu
folder=$1 sources=$2
cd "$folder/kernel"
version=$(cat version)
rm -rf root driver
mkdir -p root driver
for package in linux-image-*.deb linux-headers-*.deb linux-kbuild-*.deb; do dpkg-deb -x "$package" root; done
tree=linux-source-6.1
dpkg-deb --fsys-tarfile linux-source-6.1_*.deb | tar xO ./usr/src/$tree.tar.xz |
  tar xJ --wildcards --strip-components=3 -C driver $tree/drivers/gpio/gpio-sim.c $tree/drivers/gpio/gpiolib.h \
    $tree/kernel/irq/irq_sim.c "$tree/drivers/media/test-drivers/vimc/*"
mv driver/test-drivers/vimc/*.[ch] driver/
cp "$sources/i2c-far-end.c" "$sources/kernel-hang.c" driver/
# The one call that is not exported to modules, and its exported equal.
sed -i 's/handle_simple_irq(irq_to_desc(irqnum));/generic_handle_irq(irqnum);/' driver/irq_sim.c
cat > driver/Makefile <<'MAKE'
obj-m += gpio-simulator.o vimc.o i2c-far-end.o kernel-hang.o
gpio-simulator-y := gpio-sim.o irq_sim.o
vimc-y := vimc-core.o vimc-common.o vimc-streamer.o vimc-capture.o vimc-debayer.o vimc-scaler.o vimc-sensor.o vimc-lens.o
MAKE
headers="$PWD/root/usr/src/linux-headers-$version"
sed -i "s#include /usr/src/#include $PWD/root/usr/src/#" "$headers/Makefile"
make -C "$headers" M="$PWD/driver" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- CC=aarch64-linux-gnu-gcc \
  CONFIG_IRQ_SIM=y modules
mkdir -p "root/lib/modules/$version/extra"
for module in driver/*.ko; do
  aarch64-linux-gnu-strip -g "$module"
  cp "$module" "root/lib/modules/$version/extra/"
done
cp "root/boot/vmlinuz-$version" vmlinuz
