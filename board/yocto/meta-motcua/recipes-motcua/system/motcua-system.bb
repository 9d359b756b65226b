# What makes a machine with a read-only root a kiosk: its data partition, firewall, watchdog, identity?
SUMMARY = "System settings of a motcua kiosk"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/Apache-2.0;md5=89aea4e17d99a7cacdbeed46a0096b10"

SRC_URI = " \
    file://data.mount \
    file://var-lib-motcua.mount \
    file://var-log.mount \
    file://boot-firmware.mount \
    file://first-boot-selector.conf \
    file://only-set-up.conf \
    file://motcua-machine-id.service \
    file://50-data.conf \
    file://watchdog.conf \
    file://sysctl.conf \
    file://motcua.nft \
    file://motcua-firewall.service \
    file://network-behind-firewall.conf \
"
S = "${WORKDIR}"

inherit overlayfs systemd

# Settings, Wi-Fi secrets and what services remember; nothing else of /etc can be changed on a kiosk.
OVERLAYFS_WRITABLE_PATHS[data] = "/etc/motcua /etc/NetworkManager/system-connections /var/lib"

# The technician's console takes the serial line, in place of a login.
MOTCUA_CONSOLE_LINE ??= ""
MOTCUA_CONSOLE_LINE:raspberrypi4-64 ??= "ttyS0"
MOTCUA_CONSOLE_LINE:raspberrypi5 ??= "ttyAMA10"

MOTCUA_UNITS = "data.mount var-lib-motcua.mount var-log.mount boot-firmware.mount motcua-machine-id.service motcua-firewall.service"
SYSTEMD_SERVICE:${PN} = "${MOTCUA_UNITS}"

do_install() {
    install -d ${D}/data ${D}/boot/firmware ${D}${localstatedir}/lib/motcua ${D}${sysconfdir}/motcua
    install -d -m 0700 ${D}${sysconfdir}/NetworkManager/system-connections
    for unit in ${MOTCUA_UNITS}; do
        install -D -m 0644 ${WORKDIR}/$unit ${D}${systemd_system_unitdir}/$unit
    done
    install -D -m 0644 ${WORKDIR}/first-boot-selector.conf ${D}${systemd_system_unitdir}/motcua-first-boot.service.d/selector.conf
    install -D -m 0644 ${WORKDIR}/only-set-up.conf ${D}${systemd_system_unitdir}/motcua.service.d/only-set-up.conf
    install -D -m 0644 ${WORKDIR}/network-behind-firewall.conf ${D}${systemd_system_unitdir}/NetworkManager.service.d/motcua.conf
    install -D -m 0644 ${WORKDIR}/50-data.conf ${D}${nonarch_libdir}/repart.d/50-data.conf
    install -D -m 0644 ${WORKDIR}/watchdog.conf ${D}${nonarch_libdir}/systemd/system.conf.d/motcua.conf
    install -D -m 0644 ${WORKDIR}/sysctl.conf ${D}${nonarch_libdir}/sysctl.d/90-motcua.conf
    install -D -m 0644 ${WORKDIR}/motcua.nft ${D}${datadir}/motcua/motcua.nft
    if [ -n "${MOTCUA_CONSOLE_LINE}" ]; then
        install -d ${D}${systemd_system_unitdir}/multi-user.target.wants
        ln -s ../motcua-console@.service ${D}${systemd_system_unitdir}/multi-user.target.wants/motcua-console@${MOTCUA_CONSOLE_LINE}.service
    fi
}

PACKAGE_ARCH = "${MACHINE_ARCH}"
FILES:${PN} += "/data /boot/firmware ${systemd_system_unitdir} ${nonarch_libdir} ${datadir}/motcua ${localstatedir}/lib/motcua"
RDEPENDS:${PN} = "nftables e2fsprogs-mke2fs e2fsprogs-e2fsck util-linux-mount motcua"
