# How does the product's tree become /opt/motcua on a board?
#
# The same steps as src/setup.mjs, apart from one another: node packages by the lock file's hashes, native add-ons for the
# board's processor, compiled JavaScript, the web pages, the models with their hashes checked once more.
SUMMARY = "Runtime of a public-service kiosk"
HOMEPAGE = "file:///opt/motcua/README.md"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://LICENSE;md5=3b83ef96387f14655fc854ddc3c6bd57"

PV = "${@motcua.tree.version(d.getVar('MOTCUA_ROOT'))}"
S = "${WORKDIR}/motcua"

FILESEXTRAPATHS:prepend := "${MOTCUA_ROOT}:"
SRC_URI = " \
    file://package.json;subdir=motcua \
    file://package-lock.json;subdir=motcua \
    file://tsconfig.json;subdir=motcua \
    file://LICENSE;subdir=motcua \
    file://README.md;subdir=motcua \
    file://src;subdir=motcua \
    file://systemd;subdir=motcua \
    file://board/debian/leave-out.mjs;subdir=motcua \
    ${@' '.join(f'file://{path};subdir=motcua' for path in motcua.tree.board_files(d.getVar('MOTCUA_ROOT')))} \
    file://tsconfig.image.json;subdir=motcua \
    file://copy-data.mjs \
    file://prune.mjs \
"

# prebuild-install fetches what is compiled here; TensorFlow's binding is a matter of PACKAGECONFIG.
MOTCUA_NPM_CPU = "arm64"
MOTCUA_NPM_WITHOUT = "prebuild-install ${@bb.utils.contains('PACKAGECONFIG', 'tensorflow', '', '@tensorflow/tfjs-node', d)}"
MOTCUA_NPM_HEADERS = "nan node-addon-api"
MOTCUA_NPM_TOOLS = "typescript-native vite @vitejs/plugin-react \
    @types/better-sqlite3 @types/cli-progress @types/i2c-bus @types/node @types/nodemailer @types/pg @types/react \
    @types/react-dom @types/ws"
# Its README has the text of the MIT licence.
MOTCUA_NPM_LICENCE[node-bitmap] = "MIT"

# Compiled here, each against the headers of the image's own Node. sharp comes compiled, with its libvips.
MOTCUA_ADDONS = "@serialport/bindings-cpp better-sqlite3 epoll i2c-bus node-libgpiod pkcs11js smartcard unix-dgram"

inherit motcua-npm pkgconfig python3native systemd useradd

COMPATIBLE_HOST = "aarch64.*-linux"
DEPENDS = "nodejs nodejs-native libgpiod pcsc-lite"

# Without it the models run on WebAssembly. There is no hash to write here: whoever turns it on has fetched and looked at
# the library, and gives its address and hash (README.md, "TensorFlow").
PACKAGECONFIG ??= ""
PACKAGECONFIG[tensorflow] = ",,"
MOTCUA_LIBTENSORFLOW_URI ??= ""
MOTCUA_LIBTENSORFLOW_SHA256 ??= ""

python () {
    if 'tensorflow' not in d.getVar('PACKAGECONFIG').split():
        return
    address, sha256 = d.getVar('MOTCUA_LIBTENSORFLOW_URI'), d.getVar('MOTCUA_LIBTENSORFLOW_SHA256')
    if not address or not sha256:
        raise bb.parse.SkipRecipe('PACKAGECONFIG has tensorflow: set MOTCUA_LIBTENSORFLOW_URI and MOTCUA_LIBTENSORFLOW_SHA256')
    d.appendVar('SRC_URI', f' {address};sha256sum={sha256};subdir=motcua/node_modules/@tensorflow/tfjs-node/deps')
    d.appendVar('MOTCUA_ADDONS', ' @tensorflow/tfjs-node')
}

do_configure() {
    # The path of the build machine's own headers, which another machine's may not stand in for.
    sed -i 's,/usr/include/PCSC,${STAGING_INCDIR}/PCSC,' ${S}/node_modules/smartcard/binding.gyp
}

NODE_GYP = "${STAGING_DIR_NATIVE}${nonarch_libdir_native}/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js"

motcua_addon() {
    # node-pre-gyp, which would fetch a binary first, gives its binding.gyp these.
    extra=""
    if [ "$1" = "@tensorflow/tfjs-node" ]; then
        extra="-- -Dmodule_name=tfjs_binding -Dmodule_path=${S}/node_modules/$1/lib/napi-v8 -Dnapi_build_version=8"
    fi
    cd ${S}/node_modules/$1
    rm -rf build prebuilds
    node ${NODE_GYP} configure --release --arch=${MOTCUA_NPM_CPU} --nodedir=${STAGING_DIR_TARGET}${prefix} $extra
    node ${NODE_GYP} build --release
}

do_compile() {
    export HOME=${WORKDIR}
    export LINK="${CXX}"
    for addon in ${MOTCUA_ADDONS}; do
        motcua_addon "$addon"
    done
    cd ${S}
    rm -rf dist
    node node_modules/typescript-native/bin/tsc -p tsconfig.image.json
    node ${WORKDIR}/copy-data.mjs ${S}
    for page in screen dock portal; do
        if [ -e src/$page/web/vite.config.ts ]; then
            node node_modules/vite/bin/vite.js build --config src/$page/web/vite.config.ts --logLevel warn
        fi
    done
}
do_compile[cleandirs] = ""
do_compile[network] = "0"

MOTCUA_PREFIX = "/opt/motcua"

do_install() {
    install -d ${D}${MOTCUA_PREFIX}/src ${D}${MOTCUA_PREFIX}/dist ${D}${MOTCUA_PREFIX}/board ${D}${MOTCUA_PREFIX}/systemd
    install -m 0644 ${S}/package.json ${S}/README.md ${S}/LICENSE ${D}${MOTCUA_PREFIX}/
    install -m 0755 ${S}/src/motcua.mjs ${D}${MOTCUA_PREFIX}/src/
    install -m 0644 ${S}/board/*.toml ${D}${MOTCUA_PREFIX}/board/
    cp -R --no-preserve=ownership ${S}/dist/src ${D}${MOTCUA_PREFIX}/dist/
    cp -R --no-preserve=ownership ${S}/node_modules ${D}${MOTCUA_PREFIX}/
    for path in ${MOTCUA_NPM_BUILD_PATHS}; do
        rm -rf ${D}${MOTCUA_PREFIX}/$path
    done
    # Which release this is (src/package-root.ts): the runtime refuses older ones by it.
    printf '%s\n' "${MOTCUA_BUILD}" > ${D}${MOTCUA_PREFIX}/build
    node ${WORKDIR}/prune.mjs ${S} ${D}${MOTCUA_PREFIX} ${MOTCUA_NPM_CPU}
    chmod -R u=rwX,go=rX ${D}${MOTCUA_PREFIX}

    install -d ${D}${bindir} ${D}${sysconfdir}/motcua ${D}${systemd_system_unitdir} ${D}${nonarch_base_libdir}/udev/rules.d
    ln -s ${MOTCUA_PREFIX}/src/motcua.mjs ${D}${bindir}/motcua
    for file in ${S}/systemd/*; do
        name=$(basename "$file")
        case "$name" in
            *.service|*.socket|*.timer|*.target|*.path|*.mount) install -m 0644 "$file" ${D}${systemd_system_unitdir}/ ;;
            motcua.journald.conf) install -D -m 0644 "$file" ${D}${nonarch_libdir}/systemd/journald.conf.d/motcua.conf ;;
            motcua.coredump.conf) install -D -m 0644 "$file" ${D}${nonarch_libdir}/systemd/coredump.conf.d/motcua.conf ;;
            motcua.tmpfiles.conf) install -D -m 0644 "$file" ${D}${nonarch_libdir}/tmpfiles.d/motcua.conf ;;
            # The users below are these; a read-only root makes none at the start.
            motcua.sysusers.conf) ;;
            *.md) ;;
            *.*) bbfatal "systemd/$name: this recipe knows no place for it" ;;
            *) install -m 0755 "$file" ${D}${MOTCUA_PREFIX}/systemd/ ;;
        esac
    done
    find ${S}/board/udev -name '*.rules' -exec install -m 0644 {} ${D}${nonarch_base_libdir}/udev/rules.d/ \;
}

python motcua_check_models () {
    manifest = os.path.join(d.getVar('S'), 'src/ml/models.json')
    problems = motcua.models.problems(manifest, d.expand('${D}${MOTCUA_PREFIX}/node_modules'))
    if problems:
        bb.fatal('\n'.join(problems))
}
do_install[postfuncs] += "motcua_check_models"

# The numbers stay the same in every build: both slots read one data partition.
USERADD_PACKAGES = "${PN}"
GROUPADD_PARAM:${PN} = "-g 700 motcua; -g 701 motcua-screen; -g 702 gpio; -g 703 i2c; -g 704 plugdev; -g 705 scanner; -r render; -r input"
USERADD_PARAM:${PN} = " \
    -u 700 -g motcua -M -d /var/lib/motcua -s /bin/false -c 'motcua kiosk' motcua; \
    -u 701 -g motcua-screen -M -d / -s /bin/false -c 'motcua screen' motcua-screen"

SYSTEMD_SERVICE:${PN} = "${@' '.join(motcua.tree.enabled_units(d.getVar('MOTCUA_ROOT')))}"

FILES:${PN} += "${MOTCUA_PREFIX} ${systemd_system_unitdir} ${nonarch_libdir} ${nonarch_base_libdir}/udev"

# What the program calls: speech, sound, scanner, pictures, clock and shell scripts of its units.
RDEPENDS:${PN} = "nodejs libgpiod pcsc-lite espeak-ng alsa-utils-aplay sane-backends coreutils util-linux-mount"
RRECOMMENDS:${PN} = "ccid"

# sharp's library and its binding are the packages' own, hashed by the lock file, and arrive stripped.
INSANE_SKIP:${PN} += "already-stripped file-rdeps ldflags libdir"
EXCLUDE_FROM_SHLIBS = "1"
