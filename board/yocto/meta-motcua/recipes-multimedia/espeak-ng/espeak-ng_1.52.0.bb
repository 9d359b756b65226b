# Who says what stands on the screen, where no recorded voice does?
#
# Its dictionaries are made by the program itself, so that they come from the one that runs on the build machine.
SUMMARY = "Speech synthesizer with a Vietnamese voice"
HOMEPAGE = "https://github.com/espeak-ng/espeak-ng"
LICENSE = "GPL-3.0-or-later & Apache-2.0 & BSD-2-Clause & Unicode-DFS-2016"
LIC_FILES_CHKSUM = " \
    file://COPYING;md5=d32239bcb673463ab874e80d47fae504 \
    file://COPYING.APACHE;md5=3b83ef96387f14655fc854ddc3c6bd57 \
    file://COPYING.BSD2;md5=3348c29aeaacdead1532a5048b3eb587 \
    file://COPYING.UCD;md5=9bc437a2583c6de495e5c4acd7c2c787 \
"

SRC_URI = "git://github.com/espeak-ng/espeak-ng.git;protocol=https;branch=master"
# Tag 1.52.0.
SRCREV = "4870adfa25b1a32b4361592f1be8a40337c58d6c"
S = "${WORKDIR}/git"

inherit cmake pkgconfig

# The runtime plays the sound itself, at the one pace that it asks for: no audio library, no sonic. With both of sonic's
# paths given the build does not go and fetch it.
EXTRA_OECMAKE = "-DBUILD_SHARED_LIBS=OFF -DSONIC_LIB=none -DSONIC_INC=none -DUSE_LIBSONIC=OFF -DUSE_LIBPCAUDIO=OFF -DUSE_MBROLA=OFF"

DEPENDS:append:class-target = " espeak-ng-native"

# The target's program can not run here: without its data only the program is made.
OECMAKE_TARGET_COMPILE:class-target = "espeak-ng-bin"

do_install:class-target() {
    install -D -m 0755 ${B}/src/espeak-ng ${D}${bindir}/espeak-ng
    install -d ${D}${datadir}
    cp -R --no-preserve=ownership ${STAGING_DATADIR_NATIVE}/espeak-ng-data ${D}${datadir}/
}

FILES:${PN} += "${datadir}/espeak-ng-data"
BBCLASSEXTEND = "native"
