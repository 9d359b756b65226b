# May the runtime switch the board off, when mains is gone and the cell is nearly empty? (board/polkit)
SUMMARY = "What the user motcua may ask of logind"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/Apache-2.0;md5=89aea4e17d99a7cacdbeed46a0096b10"

FILESEXTRAPATHS:prepend := "${MOTCUA_ROOT}:"
SRC_URI = "file://board/polkit/50-motcua.rules"
S = "${WORKDIR}"

# The folder's owner is polkit's own user, in every package that lays a rule there.
require recipes-extended/polkit/polkit-group-rule.inc
USERADD_PACKAGES = "${PN}"

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    install -m 0644 ${WORKDIR}/board/polkit/50-motcua.rules ${D}${sysconfdir}/polkit-1/rules.d/
}

RDEPENDS:${PN} = "polkit"
