# Who tells the firmware of a Raspberry Pi which slot to start?
SUMMARY = "A/B slots by the Raspberry Pi's own firmware, for RAUC"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/Apache-2.0;md5=89aea4e17d99a7cacdbeed46a0096b10"

SRC_URI = "file://slot-backend file://slot-try"
S = "${WORKDIR}"

COMPATIBLE_MACHINE = "^rpi$"
INHIBIT_DEFAULT_DEPS = "1"
do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    install -D -m 0755 ${WORKDIR}/slot-backend ${D}${nonarch_libdir}/motcua/slot-backend
    install -D -m 0755 ${WORKDIR}/slot-try ${D}${nonarch_libdir}/systemd/system-shutdown/motcua-slot-try
}

FILES:${PN} = "${nonarch_libdir}"
RDEPENDS:${PN} = "coreutils sed util-linux-mount"
