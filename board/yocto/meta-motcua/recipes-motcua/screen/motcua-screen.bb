# Who draws the citizen's page?
SUMMARY = "WPE as the screen of a motcua kiosk"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/Apache-2.0;md5=89aea4e17d99a7cacdbeed46a0096b10"

SRC_URI = "file://screen-cog file://cog.conf"
S = "${WORKDIR}"

INHIBIT_DEFAULT_DEPS = "1"
do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    install -D -m 0755 ${WORKDIR}/screen-cog ${D}${nonarch_libdir}/motcua/screen-cog
    install -D -m 0644 ${WORKDIR}/cog.conf ${D}${systemd_system_unitdir}/motcua-screen.service.d/cog.conf
}

FILES:${PN} = "${nonarch_libdir} ${systemd_system_unitdir}"
# The page brings its own letters; one more font stands in for signs that it lacks.
RDEPENDS:${PN} = "motcua cog liberation-fonts"
