# Which pins are the kiosk's, which way are they pulled, and who turns the fan? (board/overlays)
SUMMARY = "Device-tree overlay of a motcua kiosk"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/Apache-2.0;md5=89aea4e17d99a7cacdbeed46a0096b10"

FILESEXTRAPATHS:prepend := "${MOTCUA_ROOT}:"
SRC_URI = "file://board/overlays/${MOTCUA_OVERLAY}.dts"
S = "${WORKDIR}"

inherit deploy nopackages

COMPATIBLE_MACHINE = "^rpi$"
PACKAGE_ARCH = "${MACHINE_ARCH}"
INHIBIT_DEFAULT_DEPS = "1"
DEPENDS = "dtc-native"

do_configure[noexec] = "1"
do_install[noexec] = "1"

do_compile() {
    dtc -@ -I dts -O dtb -o ${B}/${MOTCUA_OVERLAY}.dtbo ${WORKDIR}/board/overlays/${MOTCUA_OVERLAY}.dts
}

do_deploy() {
    install -m 0644 ${B}/${MOTCUA_OVERLAY}.dtbo ${DEPLOYDIR}/
}
addtask deploy after do_compile before do_build

python () {
    if not d.getVar('MOTCUA_OVERLAY'):
        raise bb.parse.SkipRecipe('board/overlays has none for this machine (MOTCUA_OVERLAY)')
}
