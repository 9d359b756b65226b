# Who talks to the sheet-fed scanner behind the slot?
#
# From Debian's archive, whose Sources index states the hash of the upstream tarball. Only what a sheet feeder on USB
# needs is made: the library, its drivers, scanimage. The documents' own tool would have to run on the build machine.
SUMMARY = "Scanner drivers and scanimage"
HOMEPAGE = "http://www.sane-project.org/"
LICENSE = "GPL-2.0-or-later"
LIC_FILES_CHKSUM = "file://COPYING;md5=b234ee4d69f5fce4486a80fdaf4a4263 file://LICENSE;md5=c5c0f16c05b412905646291e1ba88b68"

SRC_URI = "${DEBIAN_MIRROR}/main/s/sane-backends/sane-backends_${PV}.orig.tar.gz"
SRC_URI[sha256sum] = "11be4ef05a61277d18698c2c9d86495dff97557bc8da7af44e3f6ef5154e9ea8"
S = "${WORKDIR}/backends-${PV}"

inherit autotools-brokensep gettext pkgconfig python3native

DEPENDS = "libusb1 jpeg tiff libpng autoconf-archive-native"

# Drivers of sheet-fed scanners; a house with another one names it here.
SANE_DRIVERS ??= "avision canon_dr epjitsu epsonds fujitsu genesys kodakaio plustek"
EXTRA_OECONF = "--disable-locking --with-usb --without-snmp --without-gphoto2 --without-v4l --without-avahi --without-poppler-glib --without-libcurl --without-systemd"

do_configure:prepend() {
    printf '%s' "${PV}" > ${S}/.tarball-version
    export BACKENDS="${SANE_DRIVERS}"
}

SANE_PARTS = "lib sanei backend frontend"

do_compile() {
    for part in ${SANE_PARTS}; do
        oe_runmake -C $part
    done
}

do_install() {
    for part in ${SANE_PARTS}; do
        oe_runmake -C $part DESTDIR=${D} install
    done
    # Nothing listens on a kiosk.
    rm -f ${D}${sbindir}/saned ${D}${sysconfdir}/sane.d/saned.conf
}

FILES:${PN} += "${libdir}/sane/*.so* ${datadir}/sane"
FILES:${PN}-dev += "${libdir}/sane/*.la"
INSANE_SKIP:${PN} += "dev-so"
