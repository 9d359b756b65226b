# Which slots does RAUC write on this machine, and whose bundles does it believe?
FILESEXTRAPATHS:prepend := "${THISDIR}/files:"
SRC_URI = "file://system.conf.in"
PACKAGE_ARCH = "${MACHINE_ARCH}"

# No key travels with the layer: an image without one would take bundles from nobody, one with a known one from anybody.
do_install() {
    if [ -z "${MOTCUA_RAUC_KEYRING}" ]; then
        bbfatal "MOTCUA_RAUC_KEYRING is not set: the PEM certificate that signs this house's bundles (board/yocto/README.md)"
    fi
    if ! [ -s "${MOTCUA_RAUC_KEYRING}" ]; then
        bbfatal "MOTCUA_RAUC_KEYRING: there is no file ${MOTCUA_RAUC_KEYRING}"
    fi
    install -d ${D}${sysconfdir}/rauc
    install -m 0644 "${MOTCUA_RAUC_KEYRING}" ${D}${sysconfdir}/rauc/keyring.pem
    sed -e 's,@COMPATIBLE@,${MOTCUA_COMPATIBLE},' -e 's,@LOWEST@,${MOTCUA_LOWEST_VERSION},' ${WORKDIR}/system.conf.in \
        > ${D}${sysconfdir}/rauc/system.conf
    chmod 0644 ${D}${sysconfdir}/rauc/system.conf
}
do_install[file-checksums] += "${@d.getVar('MOTCUA_RAUC_KEYRING') + ':True' if d.getVar('MOTCUA_RAUC_KEYRING') else ''}"
do_install[vardeps] += "MOTCUA_RAUC_KEYRING MOTCUA_COMPATIBLE MOTCUA_LOWEST_VERSION"

RDEPENDS:${PN}:append:rpi = " motcua-slots"
