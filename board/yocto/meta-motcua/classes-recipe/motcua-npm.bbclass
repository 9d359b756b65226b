# How do the node packages of package-lock.json become hashed sources of this recipe?
#
# Set before: MOTCUA_NPM_CPU (npm's word for the board's processor), MOTCUA_NPM_TOOLS (what compiles and bundles),
# MOTCUA_NPM_HEADERS (what native add-ons compile against), MOTCUA_NPM_WITHOUT (what the board does not need),
# MOTCUA_NPM_LICENCE[name] where a package states none. Each package is a source of its own with the lock file's
# sha512: it stands in the download folder, in mirrors and in the bill of materials like any other.

# The lock file names no registry, and neither does this layer: whichever it is, the hash decides. `npm config get
# registry` tells that of the machine. What lies in the download folder needs none.
MOTCUA_NPM_REGISTRY ??= ""

MOTCUA_NPM_BUILD_CPU = "${@{'x86_64': 'x64', 'aarch64': 'arm64'}.get(d.getVar('BUILD_ARCH'), d.getVar('BUILD_ARCH'))}"

# Paths below ${S} of what only the build needs.
MOTCUA_NPM_BUILD_PATHS = ""

python () {
    lock_file = os.path.join(d.getVar('MOTCUA_ROOT'), 'package-lock.json')
    bb.parse.mark_dependency(d, lock_file)
    without = (d.getVar('MOTCUA_NPM_WITHOUT') or '').split()
    headers = d.getVar('MOTCUA_NPM_HEADERS').split()
    try:
        lock = motcua.npm.Lock(lock_file)
        runtime = lock.runtime(d.getVar('MOTCUA_NPM_CPU'), [*without, *headers])
        build = lock.build(d.getVar('MOTCUA_NPM_BUILD_CPU'), d.getVar('MOTCUA_NPM_TOOLS').split(), headers, runtime)
        stated = d.getVarFlags('MOTCUA_NPM_LICENCE') or {}
        licences = motcua.npm.licences(runtime, stated)
    except (OSError, KeyError, ValueError) as error:
        bb.fatal(f"{lock_file}: {error}")
    below = os.path.relpath(d.getVar('S'), d.getVar('WORKDIR'))
    registry = d.getVar('MOTCUA_NPM_REGISTRY').rstrip('/') or 'https://no-registry-was-given.invalid'
    for package in [*runtime, *build]:
        d.appendVar('SRC_URI', ' ' + package.uri(registry, below))
    d.setVar('MOTCUA_NPM_BUILD_PATHS', ' '.join(package.path for package in build))
    d.appendVar('LICENSE', ' & ' + licences)
}

python motcua_npm_registry_given () {
    if not d.getVar('MOTCUA_NPM_REGISTRY'):
        bb.note('MOTCUA_NPM_REGISTRY is empty: node packages that are not in DL_DIR can not be fetched')
}
do_fetch[prefuncs] += "motcua_npm_registry_given"
