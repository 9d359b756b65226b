# What does the product's own tree, in which this layer lies, say of itself?
import json
import os
import subprocess


def version(root):
    """package.json's; the recipe, the image, the bundle and RAUC's lowest version all take it."""
    with open(os.path.join(root, "package.json"), encoding="utf-8") as stream:
        return json.load(stream)["version"]


def commit_time(root, otherwise):
    """
    Seconds since 1970 of the last commit, `otherwise` in a tree without git. Every file of the image bears it, and a
    board without a clock battery believes no earlier date (systemd/motcua-clock-floor).
    """
    command = ["git", "-c", f"safe.directory={root}", "-C", root, "log", "-1", "--format=%ct"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return otherwise
    return said if said.isdigit() else otherwise


def units(root):
    """Names in systemd/ that systemd itself reads as units."""
    endings = (".service", ".socket", ".timer", ".target", ".path", ".mount")
    return sorted(name for name in os.listdir(os.path.join(root, "systemd")) if name.endswith(endings))


def enabled_units(root):
    """Those that an image starts by itself: with an [Install] part, and no template."""
    found = []
    for name in units(root):
        with open(os.path.join(root, "systemd", name), encoding="utf-8") as stream:
            if "@." not in name and "\n[Install]\n" in stream.read():
                found.append(name)
    return found


def board_files(root):
    """Below board/: wiring tables and udev rules; what other recipes and other systems take from there is theirs."""
    found = []
    for folder, folders, names in os.walk(os.path.join(root, "board")):
        folders[:] = sorted(name for name in folders if name not in ("yocto", "debian", "ops", "polkit"))
        found += [os.path.relpath(os.path.join(folder, name), root) for name in sorted(names) if name.endswith((".toml", ".rules"))]
    return found
