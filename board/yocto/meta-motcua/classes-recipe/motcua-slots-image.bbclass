# How does a root file system become both halves of a slot, and the card that holds two of them?
#
# root: squashfs with its hash tree behind it (dm-verity). boot: a FAT image with kernel, firmware and, for each slot, a
# command line that names the root hash. selector: autoboot.txt. RAUC writes the first two as they are, wic lays all of
# them onto a card.

IMAGE_FSTYPES = "squashfs-zst.verity wic.zst wic.bmap"
IMAGE_TYPEDEP:wic += "squashfs-zst.verity"
WKS_FILE = "motcua-ab.wks.in"
WKS_FILE_DEPENDS:append = " dosfstools-native mtools-native e2fsprogs-native"

CONVERSIONTYPES:append = " verity"
CONVERSION_DEPENDS_verity = "cryptsetup-native"
CONVERSION_CMD:verity = "motcua_verity ${type}"

# Whether the kernel of this machine opens a hashed root by itself (CONFIG_DM_INIT); without it the root is only read-only.
MOTCUA_VERITY ??= "0"
MOTCUA_VERITY:rpi ??= "1"
MOTCUA_BOOT_MEGABYTES ??= "128"
MOTCUA_SELECTOR_MEGABYTES ??= "64"
# Both, on the wks' partitions: a slot that does not fit is found here, not on a kiosk.
MOTCUA_ROOT_MEGABYTES ??= "1536"
# Nothing of the kernel's chatter on the citizen's screen; a crash ends in a restart.
MOTCUA_CMDLINE ??= "console=tty3 quiet loglevel=3 logo.nologo vt.global_cursor_default=0 net.ifnames=0 panic=10 oops=panic ro rootwait rootfstype=squashfs"

# The salt is the hash of what is hashed: the same tree gives the same root hash.
motcua_verity() {
    image="${IMGDEPLOYDIR}/${IMAGE_NAME}.$1"
    out="$image.verity"
    cp "$image" "$out"
    truncate -s %4096 "$out"
    bytes=$(stat -c %s "$out")
    salt=$(sha256sum "$image" | cut -d ' ' -f 1)
    veritysetup format --no-superblock --hash=sha256 --data-block-size=4096 --hash-block-size=4096 \
        --salt="$salt" --hash-offset="$bytes" "$out" "$out" > "$out.txt"
    root_hash=$(sed -n 's/^Root hash:[[:space:]]*\([0-9a-f]\{64\}\)$/\1/p' "$out.txt")
    if [ -z "$root_hash" ]; then
        bbfatal "veritysetup printed no root hash"
    fi
    whole=$(stat -c %s "$out")
    if [ "$whole" -gt $(expr ${MOTCUA_ROOT_MEGABYTES} \* 1048576) ]; then
        bbfatal "the root with its hashes has $whole bytes, its slot ${MOTCUA_ROOT_MEGABYTES} MB (MOTCUA_ROOT_MEGABYTES)"
    fi
    rm "$out.txt"
    printf '%s %s %s\n' "$(expr $bytes / 4096)" "$root_hash" "$salt" > "${IMGDEPLOYDIR}/${IMAGE_NAME}.verity-table"
}

def motcua_cmdline(d, slot, blocks, root_hash, salt):
    """The kernel's whole command line of slot "a" or "b". (Documentation/admin-guide/device-mapper/dm-init.rst)"""
    label = f"PARTLABEL=root-{slot}"
    common = f"{d.getVar('MOTCUA_CMDLINE')} rauc.slot={slot.upper()}"
    if d.getVar('MOTCUA_VERITY') != '1':
        return f"{common} root={label}"
    table = f"0 {blocks * 8} verity 1 {label} {label} 4096 4096 {blocks} {blocks} sha256 {root_hash} {salt}"
    return f'{common} root=/dev/dm-0 dm-mod.waitfor={label} dm-mod.create="motcua-root,,0,ro,{table}"'

def motcua_autoboot(slot_partition, other_partition):
    """What recipes-motcua/slots/files/slot-backend writes over in its place, byte for byte as long."""
    return f"[all]\ntryboot_a_b=1\nboot_partition={slot_partition}\n[tryboot]\nboot_partition={other_partition}\n"

def motcua_boot_files(d):
    """(source, path on the boot partition) of IMAGE_BOOT_FILES: "source;destination", sources with patterns."""
    import glob
    deploy = d.getVar('DEPLOY_DIR_IMAGE')
    for word in d.getVar('IMAGE_BOOT_FILES').split():
        pattern, _, destination = word.partition(';')
        found = sorted(glob.glob(os.path.join(deploy, pattern)))
        if not found:
            bb.fatal(f"IMAGE_BOOT_FILES: {deploy} has no {pattern}")
        for source in found:
            if not destination:
                yield source, os.path.basename(source)
            elif destination.endswith('/') or len(found) > 1:
                yield source, os.path.join(destination, os.path.basename(source))
            else:
                yield source, destination

def motcua_fat(d, file, label, megabytes, folder):
    """A FAT image of a fixed size with the files of `folder`; times and serial number are the build's own."""
    import shutil
    import subprocess
    if os.path.exists(file):
        os.unlink(file)
    serial = d.getVar('REPRODUCIBLE_TIMESTAMP_ROOTFS')
    subprocess.run(['mkfs.vfat', '-F', '32', '-s', '1', '-n', label, '-i', f'{int(serial) & 0xffffffff:08x}', '-C', file, str(int(megabytes) * 1024)], check=True)
    environment = {**os.environ, 'SOURCE_DATE_EPOCH': serial, 'MTOOLS_SKIP_CHECK': '1'}
    names = sorted(os.listdir(folder))
    subprocess.run(['mcopy', '-i', file, '-s', '-m', *[os.path.join(folder, name) for name in names], '::/'], check=True, env=environment)
    shutil.rmtree(folder)

python do_motcua_boot () {
    import shutil
    deploy, name = d.getVar('IMGDEPLOYDIR'), d.getVar('IMAGE_NAME')
    with open(f'{deploy}/{name}.verity-table') as stream:
        blocks, root_hash, salt = stream.read().split()

    def put(folder, path, text):
        with open(os.path.join(folder, path), 'w') as stream:
            stream.write(text)

    boot = d.expand('${WORKDIR}/motcua-boot')
    shutil.rmtree(boot, ignore_errors=True)
    for source, path in motcua_boot_files(d):
        target = os.path.join(boot, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy2(source, target)
    # A file of this name would be taken where no filter of config.txt holds.
    put(boot, 'cmdline.txt', motcua_cmdline(d, 'a', int(blocks), root_hash, salt) + '\n')
    for slot in ('a', 'b'):
        put(boot, f'cmdline-{slot}.txt', motcua_cmdline(d, slot, int(blocks), root_hash, salt) + '\n')
    motcua_fat(d, f'{deploy}/{name}.boot.vfat', 'BOOT', d.getVar('MOTCUA_BOOT_MEGABYTES'), boot)

    selector = d.expand('${WORKDIR}/motcua-selector')
    os.makedirs(selector, exist_ok=True)
    put(selector, 'autoboot.txt', motcua_autoboot(2, 3))
    motcua_fat(d, f'{deploy}/{name}.selector.vfat', 'MOTCUA', d.getVar('MOTCUA_SELECTOR_MEGABYTES'), selector)

    link = d.getVar('IMAGE_LINK_NAME')
    for kind in ('boot.vfat', 'selector.vfat'):
        path = f'{deploy}/{link}.{kind}'
        if os.path.lexists(path):
            os.unlink(path)
        os.symlink(f'{name}.{kind}', path)
}
do_motcua_boot[depends] += "dosfstools-native:do_populate_sysroot mtools-native:do_populate_sysroot virtual/kernel:do_deploy rpi-bootfiles:do_deploy rpi-config:do_deploy rpi-cmdline:do_deploy"
do_motcua_boot[vardeps] += "IMAGE_BOOT_FILES MOTCUA_CMDLINE MOTCUA_VERITY"
addtask motcua_boot after do_image_squashfs_zst before do_image_wic do_image_complete
