# What lies in a slot, and what tells the kernel and the firmware which one it is?
#
# Without bitbake's datastore, so that a test can make a slot with the real tools and look into it.
import glob
import hashlib
import os
import re
import shutil
import subprocess

BLOCK = 4096


def verity(image, out):
    """
    Writes `image` with its hash tree behind it to `out`, without a superblock: kernel and command line know all there is
    to know. Answers (data blocks, root hash, salt). The salt is the hash of what is hashed: the same tree, the same root.
    """
    with open(image, "rb") as stream:
        salt = hashlib.sha256(stream.read()).hexdigest()
    shutil.copyfile(image, out)
    size = -(-os.path.getsize(out) // BLOCK) * BLOCK
    os.truncate(out, size)
    command = ["veritysetup", "format", "--no-superblock", "--hash=sha256", f"--data-block-size={BLOCK}", f"--hash-block-size={BLOCK}", f"--salt={salt}", f"--hash-offset={size}", out, out]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"^Root hash:\s*([0-9a-f]{64})$", said, re.MULTILINE)
    if found is None:
        raise ValueError(f"veritysetup printed no root hash: {said}")
    return size // BLOCK, found.group(1), salt


def cmdline(common, slot, verity_table):
    """
    The kernel's whole command line of slot "a" or "b". `verity_table` as verity() answers it; None where the kernel opens
    no hashed root. (Documentation/admin-guide/device-mapper/dm-init.rst and verity.rst)
    """
    label = f"PARTLABEL=root-{slot}"
    whole = f"{common} rauc.slot={slot.upper()}"
    if verity_table is None:
        return f"{whole} root={label}"
    blocks, root_hash, salt = verity_table
    table = f"0 {blocks * BLOCK // 512} verity 1 {label} {label} {BLOCK} {BLOCK} {blocks} {blocks} sha256 {root_hash} {salt}"
    return f'{whole} root=/dev/dm-0 dm-mod.waitfor={label} dm-mod.create="motcua-root,,0,ro,{table}"'


def autoboot(kept, tried):
    """autoboot.txt; recipes-motcua/slots/files/slot-backend writes over it in its place, byte for byte as long."""
    return f"[all]\ntryboot_a_b=1\nboot_partition={kept}\n[tryboot]\nboot_partition={tried}\n"


def boot_files(words, deploy):
    """(source, path on the boot partition) of IMAGE_BOOT_FILES: "source;destination", sources with patterns."""
    for word in words:
        pattern, _, destination = word.partition(";")
        found = sorted(glob.glob(os.path.join(deploy, pattern)))
        if not found:
            raise ValueError(f"IMAGE_BOOT_FILES: {deploy} has no {pattern}")
        for source in found:
            name = os.path.basename(source)
            whole = destination.endswith("/") or len(found) > 1
            yield source, os.path.join(destination, name) if whole else destination or name


def fat(file, label, megabytes, folder, epoch_seconds):
    """A FAT image of a fixed size with the files of `folder`, the same for the same files and time."""
    for at, folders, names in os.walk(folder):
        for name in folders + names:
            os.utime(os.path.join(at, name), (epoch_seconds, epoch_seconds))
    if os.path.exists(file):
        os.unlink(file)
    serial = f"{epoch_seconds & 0xFFFFFFFF:08x}"
    subprocess.run(["mkfs.vfat", "--invariant", "-F", "32", "-s", "1", "-n", label, "-i", serial, "-C", file, str(megabytes * 1024)], check=True, capture_output=True)
    names = sorted(os.listdir(folder))
    subprocess.run(["mcopy", "-i", file, "-s", "-m", *[os.path.join(folder, name) for name in names], "::/"], check=True, env={**os.environ, "TZ": "UTC", "SOURCE_DATE_EPOCH": str(epoch_seconds)})
