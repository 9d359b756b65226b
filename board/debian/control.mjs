// What does dpkg have to know of the package: needs, settings to keep, sums, licences, what to do when?
import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { walk } from "./tree.mjs";

const FILES = fileURLToPath(new URL("./files", import.meta.url));
const UNITS = "usr/lib/systemd/system";

/** What every kiosk needs. Node is carried, as Debian 12 has 18: no "nodejs" here. */
const DEPENDS = [
  "libc6 (>= 2.36)",
  "libgcc-s1",
  "libstdc++6 (>= 12)",
  "systemd (>= 252)",
  "init-system-helpers (>= 1.54~)",
  "util-linux",
  "espeak-ng",
  "alsa-utils",
];
/** What many kiosks need, by their devices; a rehearsal on a simulated board needs the broker. */
const RECOMMENDS = [
  "mosquitto",
  "chromium",
  "cage",
  "seatd",
  "xwayland",
  "sane-utils",
  "pcscd",
  "libpcsclite1",
  "libgpiod2 | libgpiod3",
  "tesseract-ocr-vie",
  "network-manager",
];
const SUGGESTS = ["rauc", "usbguard", "polkitd", "rpicam-apps", "libcamera-tools"];

const maintainer = () =>
  `${process.env.DEBFULLNAME ?? "motcua packagers"} <${process.env.DEBEMAIL ?? "packagers@motcua.invalid"}>`;

/** Units that a boot wants, less templates, which a person names a line for. */
const unitsToEnable = (tree) =>
  readdirSync(join(tree, UNITS))
    .filter((name) => !/@\./.test(name) && !name.endsWith(".d"))
    .filter((name) => /^\[Install\]$/m.test(readFileSync(join(tree, UNITS, name), "utf8")))
    .sort();

const control = ({ version, debArch, installedBytes, description }) =>
  `Package: motcua
Version: ${version}
Architecture: ${debArch}
Maintainer: ${maintainer()}
Installed-Size: ${Math.ceil(installedBytes / 1024)}
Depends: ${DEPENDS.join(", ")}
Recommends: ${RECOMMENDS.join(", ")}
Suggests: ${SUGGESTS.join(", ")}
Section: misc
Priority: optional
Description: ${description}
 A citizen lays the chip card down, hands over papers, checks what was read,
 submits, and leaves with a slip, whether or not the link is up.
 .
 It brings its own Node.js under /opt/motcua. Until motcua setup has named the
 devices it rehearses on a simulated board. Data stays in /var/lib/motcua when
 the package is removed.
`;

const licenceOf = ({ license, licenses }) => {
  const given = license ?? licenses?.[0] ?? "see-the-text";
  const word = typeof given === "string" ? given : (given.type ?? "see-the-text");
  return word.replace(/[()]/g, "").replace(/\s+(AND|OR)\s+/g, (_, and) => ` ${and.toLowerCase()} `);
};
const authorOf = ({ author, contributors, maintainers }) => {
  const given = author ?? contributors?.[0] ?? maintainers?.[0];
  const name = typeof given === "string" ? given : given?.name;
  return (name ?? "its authors").replace(/\s*[<(].*$/, "").trim() || "its authors";
};

/** Machine-readable, version 1.0 (DEP-5). Each package's own words lie beside it. */
const copyright = (carried, nodeVersion) => {
  const used = new Map();
  const stanza = (files, holder, licence, text) => {
    if (!used.has(licence)) used.set(licence, text);
    return `Files: ${files}\nCopyright: ${holder}\nLicense: ${licence}\n`;
  };
  const stanzas = [
    stanza("*", "the motcua authors", "Apache-2.0", "/usr/share/common-licenses/Apache-2.0"),
    stanza(
      "opt/motcua/bin/node",
      `Node.js ${nodeVersion} contributors`,
      "Node.js",
      "/opt/motcua/bin/LICENSE.node",
    ),
    ...carried.map(({ path, manifest, licences }) =>
      stanza(
        `opt/motcua/${path}/*`,
        authorOf(manifest),
        licenceOf(manifest),
        `/opt/motcua/${path}/${licences[0] ?? "package.json"}`,
      ),
    ),
  ];
  const texts = [...used].map(
    ([licence, place]) => `License: ${licence}\n The words stand beside each part, the first in ${place}\n`,
  );
  const head =
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: motcua\n";
  return [head, ...stanzas, ...texts].join("\n");
};

const changelog = (version, epochSeconds) =>
  `motcua (${version}) unstable; urgency=medium\n\n  * Built from the sources of this version.\n\n -- ${maintainer()}  ${new Date(
    epochSeconds * 1000,
  )
    .toUTCString()
    .replace("GMT", "+0000")}\n`;

const put = (tree, path, bytes) => {
  mkdirSync(join(tree, path, ".."), { recursive: true });
  writeFileSync(join(tree, path), bytes);
};

const regularFiles = (tree) =>
  walk(tree).filter((path) => lstatSync(path).isFile() && !relative(tree, path).startsWith("DEBIAN/"));

/** Writes the package's papers and DEBIAN/ into `tree`. */
export const putControl = ({ tree, carried, version, machine, description, epochSeconds }) => {
  put(tree, "usr/share/doc/motcua/copyright", copyright(carried, machine.nodeVersion));
  put(
    tree,
    "usr/share/doc/motcua/changelog.Debian.gz",
    gzipSync(changelog(version, epochSeconds), { level: 9 }),
  );
  const files = regularFiles(tree);
  const installedBytes = files.reduce((sum, path) => sum + Math.ceil(lstatSync(path).size / 4096) * 4096, 0);
  put(tree, "DEBIAN/control", control({ version, debArch: machine.debArch, installedBytes, description }));
  put(tree, "DEBIAN/conffiles", "/etc/motcua/kiosk.toml\n");
  const sums = files.map(
    (path) => `${createHash("md5").update(readFileSync(path)).digest("hex")}  ${relative(tree, path)}\n`,
  );
  put(tree, "DEBIAN/md5sums", sums.join(""));
  const units = unitsToEnable(tree);
  for (const name of ["postinst", "prerm", "postrm"]) {
    const text = readFileSync(join(FILES, name), "utf8")
      .replaceAll("@UNITS@", units.join(" "))
      .replaceAll("@SYSUSERS@", readdirSync(join(tree, "usr/lib/sysusers.d")).sort().join(" "));
    put(tree, `DEBIAN/${name}`, text);
  }
  if (!existsSync(join(tree, UNITS, "motcua.service"))) throw new Error("there is no motcua.service");
  return { installedBytes, files: files.length, units };
};
