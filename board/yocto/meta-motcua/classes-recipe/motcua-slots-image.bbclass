# How does a root file system become both halves of a slot, and the card that holds two of them?
#
# root: squashfs with its hash tree behind it (dm-verity). boot: a FAT image with kernel, firmware and, for each slot, a
# command line that names the root hash. selector: autoboot.txt. RAUC writes the first two as they are, wic lays all of
# them onto a card. What is in them: lib/motcua/slots.py.

IMAGE_FSTYPES = "squashfs-zst wic.zst wic.bmap"
IMAGE_TYPEDEP:wic += "squashfs-zst"
# config.txt names it (rpi-config).
IMAGE_BOOT_FILES:append = " ${@'{0}.dtbo;overlays/{0}.dtbo'.format(d.getVar('MOTCUA_OVERLAY')) if d.getVar('MOTCUA_OVERLAY') else ''}"
WKS_FILE = "motcua-ab.wks.in"

# Whether the kernel of this machine opens a hashed root by itself (CONFIG_DM_INIT); without it the root is only read-only.
MOTCUA_VERITY ??= "0"
MOTCUA_VERITY:rpi ??= "1"
# Also in the wks file: a slot that does not fit is found here, not on a kiosk.
MOTCUA_BOOT_MEGABYTES ??= "128"
MOTCUA_SELECTOR_MEGABYTES ??= "64"
MOTCUA_ROOT_MEGABYTES ??= "1536"
# Nothing of the kernel's chatter on the citizen's screen; a crash ends in a restart.
MOTCUA_CMDLINE ??= "console=tty3 quiet loglevel=3 logo.nologo vt.global_cursor_default=0 net.ifnames=0 panic=10 oops=panic ro rootwait rootfstype=squashfs"

python do_motcua_slots () {
    import shutil
    deploy, name, link = d.getVar('IMGDEPLOYDIR'), d.getVar('IMAGE_NAME'), d.getVar('IMAGE_LINK_NAME')
    epoch_seconds = int(d.getVar('REPRODUCIBLE_TIMESTAMP_ROOTFS'))

    root = f'{deploy}/{name}.root.verity'
    table = motcua.slots.verity(f'{deploy}/{name}.squashfs-zst', root)
    room = int(d.getVar('MOTCUA_ROOT_MEGABYTES')) << 20
    if os.path.getsize(root) > room:
        bb.fatal(f'the root with its hashes has {os.path.getsize(root)} bytes, its slot {room} (MOTCUA_ROOT_MEGABYTES)')

    def put(folder, path, text):
        with open(os.path.join(folder, path), 'w') as stream:
            stream.write(text + '\n')

    folder = d.expand('${WORKDIR}/motcua-boot')
    shutil.rmtree(folder, ignore_errors=True)
    for source, path in motcua.slots.boot_files(d.getVar('IMAGE_BOOT_FILES').split(), d.getVar('DEPLOY_DIR_IMAGE')):
        target = os.path.join(folder, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(source, target)
    used = table if d.getVar('MOTCUA_VERITY') == '1' else None
    common = d.getVar('MOTCUA_CMDLINE')
    # Firmware that knows no [boot_partition=N] takes cmdline.txt: slot A starts, and an update of B is not kept.
    for path, slot in (('cmdline.txt', 'a'), ('cmdline-a.txt', 'a'), ('cmdline-b.txt', 'b')):
        put(folder, path, motcua.slots.cmdline(common, slot, used))
    motcua.slots.fat(f'{deploy}/{name}.boot.vfat', 'BOOT', int(d.getVar('MOTCUA_BOOT_MEGABYTES')), folder, epoch_seconds)

    folder = d.expand('${WORKDIR}/motcua-selector')
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with open(f'{folder}/autoboot.txt', 'w') as stream:
        stream.write(motcua.slots.autoboot(2, 3))
    motcua.slots.fat(f'{deploy}/{name}.selector.vfat', 'MOTCUA', int(d.getVar('MOTCUA_SELECTOR_MEGABYTES')), folder, epoch_seconds)

    for kind in ('root.verity', 'boot.vfat', 'selector.vfat'):
        path = f'{deploy}/{link}.{kind}'
        if os.path.lexists(path):
            os.unlink(path)
        os.symlink(f'{name}.{kind}', path)
}
do_motcua_slots[depends] += "cryptsetup-native:do_populate_sysroot dosfstools-native:do_populate_sysroot mtools-native:do_populate_sysroot virtual/kernel:do_deploy rpi-bootfiles:do_deploy rpi-config:do_deploy rpi-cmdline:do_deploy ${@'motcua-overlay:do_deploy' if d.getVar('MOTCUA_OVERLAY') else ''}"
do_motcua_slots[umask] = "022"
addtask motcua_slots after do_image_squashfs_zst before do_image_wic do_image_complete
