# What is on a kiosk's card?
SUMMARY = "A motcua kiosk: read-only root in two slots, data apart, nobody logs in"
LICENSE = "Apache-2.0"

inherit core-image
inherit ${@'motcua-slots-image' if d.getVar('MOTCUA_COMPATIBLE') else ''}

# No package manager, no login, no development tools: what is here is what was built and signed.
IMAGE_FEATURES = "read-only-rootfs"
IMAGE_LINGUAS = ""
BAD_RECOMMENDATIONS += "rauc-mark-good busybox-syslog avahi-daemon"
# The page plays neither films nor sounds: no reader of their formats is on a kiosk.
BAD_RECOMMENDATIONS += "gstreamer1.0-plugins-base-meta gstreamer1.0-plugins-good-meta gstreamer1.0-plugins-bad-meta"

IMAGE_INSTALL = " \
    packagegroup-core-boot \
    kernel-modules \
    motcua \
    motcua-system \
    motcua-power \
    motcua-screen \
    rauc \
    rauc-service \
    networkmanager \
    networkmanager-nmcli \
    networkmanager-wifi \
    wpa-supplicant \
    wireless-regdb-static \
    packagegroup-machine-base \
    systemd-extra-utils \
    ca-certificates \
    tzdata-core \
    tzdata-asia \
    ${MOTCUA_CAMERA} \
"
# `libcamera-still` and its tuning files; other boards have USB cameras of which libcamera's own tools are enough.
MOTCUA_CAMERA ??= "libcamera"
MOTCUA_CAMERA:rpi ??= "libcamera libcamera-apps"

# Nobody has a shell, and no terminal asks for a name: the console on the serial line and the citizen's screen are all.
motcua_no_logins() {
    sed -i 's,:[^:]*$,:/bin/false,' ${IMAGE_ROOTFS}${sysconfdir}/passwd
    sed -i 's,^\([^:]*\):[^:]*:,\1:!*:,' ${IMAGE_ROOTFS}${sysconfdir}/shadow
    for unit in getty@ autovt@ serial-getty@ console-getty container-getty@ debug-shell rescue emergency; do
        ln -sf /dev/null ${IMAGE_ROOTFS}${sysconfdir}/systemd/system/$unit.service
    done
    rm -rf ${IMAGE_ROOTFS}${sysconfdir}/systemd/system/getty.target.wants
}
ROOTFS_POSTPROCESS_COMMAND += "motcua_no_logins"

# What must never be on a kiosk, whatever recommended it.
motcua_refuse() {
    for path in usr/sbin/sshd usr/sbin/dropbear usr/bin/npm usr/bin/gdb usr/sbin/telnetd; do
        if [ -e "${IMAGE_ROOTFS}/$path" ]; then
            bbfatal "/$path is in the image"
        fi
    done
}
ROOTFS_POSTPROCESS_COMMAND += "motcua_refuse"

python () {
    if not d.getVar('MOTCUA_COMPATIBLE'):
        raise bb.parse.SkipRecipe('this machine has no A/B slots (MOTCUA_COMPATIBLE)')
}
