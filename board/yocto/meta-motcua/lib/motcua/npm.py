# Which npm packages does the image need, and which only its build, by package-lock.json alone?
#
# Yocto's own npmsw fetcher can not say: the lock file names no addresses (any registry will do, the integrity
# decides), and that fetcher would take every platform's binaries. Plain Python without bitbake, so that a test
# can ask the same question without it.
import base64
import binascii
import json


class Package:
    """One entry of the lock file: where it lies, and the only bytes that may lie there."""

    def __init__(self, path, entry):
        self.path = path
        # An alias ("npm:typescript@7") has another name in the registry than in node_modules.
        self.name = entry.get("name") or path.rsplit("node_modules/", 1)[1]
        self.version = entry["version"]
        self.licence = entry.get("license")
        self.sha512 = _sha512_hex(path, entry.get("integrity"))

    def uri(self, registry, below):
        """As bitbake fetches it: one hashed tarball, unpacked where npm would put it."""
        base = self.name.rsplit("/", 1)[-1]
        flat = self.name.replace("@", "").replace("/", "-")
        return (
            f"{registry}/{self.name}/-/{base}-{self.version}.tgz;sha512sum={self.sha512}"
            f";downloadfilename=npm-{flat}-{self.version}.tgz;subdir={below}/{self.path};striplevel=1"
        )


def _sha512_hex(path, integrity):
    """A lock file entry without sha512 is refused: nothing enters the image unproved."""
    if not integrity or not integrity.startswith("sha512-"):
        raise ValueError(f"package-lock.json: {path} has no sha512 integrity")
    try:
        digest = base64.b64decode(integrity[len("sha512-"):], validate=True)
    except binascii.Error as error:
        raise ValueError(f"package-lock.json: {path} has a damaged integrity") from error
    if len(digest) != 64:
        raise ValueError(f"package-lock.json: {path} has an integrity of {len(digest)} bytes, not 64")
    return digest.hex()


def _admits(allowed, value):
    """npm's "os", "cpu" and "libc": a list of names, or of names with "!" that are excluded."""
    if not allowed:
        return True
    refused = [name[1:] for name in allowed if name.startswith("!")]
    named = [name for name in allowed if not name.startswith("!")]
    return value not in refused and (not named or value in named)


class Lock:
    def __init__(self, file):
        with open(file, encoding="utf-8") as stream:
            lock = json.load(stream)
        if lock.get("lockfileVersion") != 3:
            raise ValueError(f"{file}: lockfileVersion is {lock.get('lockfileVersion')}, not 3")
        self.version = lock["version"]
        self._entries = lock["packages"]

    def _fits(self, path, cpu):
        entry = self._entries[path]
        return (
            _admits(entry.get("os"), "linux")
            and _admits(entry.get("cpu"), cpu)
            and _admits(entry.get("libc"), "glibc")
        )

    def _found(self, path, name):
        """Node's own way: the nearest node_modules upwards."""
        while True:
            there = f"{path}/node_modules/{name}".lstrip("/")
            if there in self._entries:
                return there
            if path == "":
                return None
            path = path.rpartition("node_modules/")[0].rstrip("/")

    def _needs(self, path):
        entry = self._entries[path]
        for kind in ("dependencies", "optionalDependencies"):
            yield from entry.get(kind, {})
        # An optional peer (ink's devtools, types) is only there because something else wanted it.
        optional = entry.get("peerDependenciesMeta", {})
        for name in entry.get("peerDependencies", {}):
            if not optional.get(name, {}).get("optional"):
                yield name

    def _closure(self, paths, cpu, without):
        seen = set()
        open_paths = list(paths)
        while open_paths:
            path = open_paths.pop()
            if path in seen or not self._fits(path, cpu):
                continue
            seen.add(path)
            for name in self._needs(path):
                found = None if name in without else self._found(path, name)
                if found:
                    open_paths.append(found)
        return seen

    def _packages(self, paths):
        return [Package(path, self._entries[path]) for path in sorted(paths)]

    def runtime(self, cpu, without=()):
        """What the program loads on a board of `cpu` ("arm64"); `without` are names that it does not need."""
        top = self._entries[""]
        names = [*top.get("dependencies", {}), *top.get("optionalDependencies", {})]
        roots = [self._found("", name) for name in names if name not in without]
        return self._packages(self._closure([path for path in roots if path], cpu, without))

    def build(self, cpu, tools, headers, runtime):
        """
        What compiles and bundles it on a machine of `cpu`, beyond `runtime`: `tools` with all they need, and of
        `headers` (names) the ones that native add-ons find from where they lie.
        """
        missing = [name for name in tools if self._found("", name) is None]
        if missing:
            raise ValueError(f"package-lock.json has no {', '.join(missing)}")
        roots = [self._found("", name) for name in tools]
        for package in runtime:
            roots += [self._found(package.path, name) for name in self._needs(package.path) if name in headers]
        have = {package.path for package in runtime}
        return self._packages(self._closure([path for path in roots if path], cpu, ()) - have)


def _alternatives(expression):
    """The parts of a flat SPDX expression: each "AND" is one more licence, an "OR" stays a choice."""
    flat = expression.strip()
    if flat.startswith("(") and flat.endswith(")"):
        flat = flat[1:-1]
    if "(" in flat:
        raise ValueError(f"package-lock.json: the licence {expression} is nested, which nobody expected")
    for part in flat.split(" AND "):
        choice = [name.strip() for name in part.split(" OR ")]
        yield choice[0] if len(choice) == 1 else f"({' | '.join(choice)})"


def licences(packages, overrides):
    """
    The LICENSE value of all of them. `overrides` maps a name to its licence where the package states none (or a
    wrong one); a package without any licence is refused.
    """
    stated = set()
    for package in packages:
        text = overrides.get(package.name) or package.licence
        if not text:
            raise ValueError(f"package-lock.json: {package.name} states no licence")
        stated.update(_alternatives(text))
    return " & ".join(sorted(stated))
