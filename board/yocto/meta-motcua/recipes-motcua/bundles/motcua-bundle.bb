# What is an update: both halves of a slot, signed, each block of them hashed (RAUC's format "verity")?
SUMMARY = "Signed update of a motcua kiosk"
PV = "${@motcua.tree.version(d.getVar('MOTCUA_ROOT'))}"

inherit bundle

RAUC_BUNDLE_FORMAT = "verity"
RAUC_BUNDLE_COMPATIBLE = "${MOTCUA_COMPATIBLE}"
RAUC_BUNDLE_VERSION = "${PV}"
# The release's number (board/yocto/README.md, "Sign"); the time of day would make no two bundles equal.
RAUC_BUNDLE_BUILD = "${MOTCUA_BUILD}"
RAUC_BUNDLE_DESCRIPTION = "motcua ${PV}, build ${MOTCUA_BUILD}, for ${MACHINE}"

RAUC_BUNDLE_SLOTS = "rootfs boot"
RAUC_SLOT_rootfs = "motcua-image"
RAUC_SLOT_rootfs[file] = "motcua-image-${MACHINE}.rootfs.root.verity"
RAUC_SLOT_rootfs[rename] = "rootfs.img"
RAUC_SLOT_rootfs[adaptive] = "block-hash-index"
RAUC_SLOT_boot = "motcua-image"
RAUC_SLOT_boot[file] = "motcua-image-${MACHINE}.rootfs.boot.vfat"
RAUC_SLOT_boot[rename] = "boot.img"

RAUC_CERT_FILE = "${MOTCUA_RAUC_CERT}"
RAUC_KEY_FILE = "${MOTCUA_RAUC_KEY}"
RAUC_KEYRING_FILE = "${MOTCUA_RAUC_KEYRING}"

python () {
    if not d.getVar('MOTCUA_COMPATIBLE'):
        raise bb.parse.SkipRecipe('this machine has no A/B slots (MOTCUA_COMPATIBLE)')
}
