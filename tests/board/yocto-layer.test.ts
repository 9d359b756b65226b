// Do the files of the Yocto layer agree with each other and with the product: versions, units, users, partitions, pins?
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import {
  LAYER,
  layerFile,
  layerFiles,
  packageValue,
  productFile,
  python,
  RECIPE,
  ROOT,
  recipeValue,
  words,
} from "./yocto-tree.js";

const recipe = layerFile(RECIPE);
const system = layerFile("recipes-motcua/system/motcua-system.bb");
const systemConf = layerFile("recipes-core/rauc/files/system.conf.in");
const partitions = [...layerFile("wic/motcua-ab.wks.in").matchAll(/^part .*--part-name (\S+)/gm)].map(
  ([, name]) => name,
);

interface Kas {
  readonly machine: string;
  readonly distro: string;
  readonly target: readonly string[];
  readonly env: Readonly<Record<string, null>>;
  readonly repos: Readonly<
    Record<string, { url?: string; commit?: string; branch?: string; layers?: Record<string, null> }>
  >;
}
const kas = parse(productFile("board/yocto/kas.yml")) as Kas;

const hasCommand = (command: string): boolean =>
  spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;

test("recipe, image and bundle have the version of package.json", () => {
  const { version } = JSON.parse(productFile("package.json")) as { version: string };
  assert.is(
    python("import json, sys; from motcua import tree; print(json.dumps(tree.version(sys.argv[1])))", ROOT)
      .value,
    version,
  );
  for (const file of [RECIPE, "recipes-motcua/bundles/motcua-bundle.bb"])
    assert.match(
      layerFile(file),
      /^PV = "\$\{@motcua\.tree\.version\(d\.getVar\('MOTCUA_ROOT'\)\)\}"$/m,
      file,
    );
  assert.match(layerFile("conf/distro/motcua-os.conf"), /^DISTRO_VERSION = "\$\{@motcua\.tree\.version\(/m);
});

test("the recipe has a place for every file in systemd/, and starts those units that are there to be started", () => {
  const cases = [...recipe.matchAll(/^ {12}(\S+)\) /gm)].flatMap(([, patterns = ""]) => patterns.split("|"));
  const isPlaced = (name: string): boolean =>
    cases
      .slice(0, cases.indexOf("*.*"))
      .some((pattern) => new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}$`).test(name));
  assert.ok(cases.includes("*.*"), cases.join(" "));
  for (const name of readdirSync(join(ROOT, "systemd")))
    assert.ok(isPlaced(name) || !name.includes("."), `systemd/${name}: the recipe knows no place for it`);
  const enabled = python(
    "import json, sys; from motcua import tree; print(json.dumps(tree.enabled_units(sys.argv[1])))",
    ROOT,
  ).value as string[];
  assert.ok(enabled.includes("motcua.service"));
  for (const name of enabled) assert.match(productFile(`systemd/${name}`), /^\[Install\]$/m);
});

test("the recipe lays the program where the units look for it, and makes the users that they run as", () => {
  const prefix = recipeValue(recipe, "MOTCUA_PREFIX");
  const units = readdirSync(join(ROOT, "systemd")).filter((name) => /\.(service|socket)$/.test(name));
  const users = packageValue(recipe, "USERADD_PARAM");
  for (const name of units) {
    const unit = productFile(`systemd/${name}`);
    for (const [, command = ""] of unit.matchAll(/^Exec\w+=(.*)$/gm))
      for (const [path] of command.matchAll(/\/opt\/[\w./-]+/g))
        assert.ok(path.startsWith(`${prefix}/`), `${name}: ${path}`);
    const user = /^User=(\S+)$/m.exec(unit)?.[1];
    if (user !== undefined) assert.match(users, new RegExp(`-s /bin/false [^;]* ${user}(;|$)`), name);
  }
  // Groups that neither base-passwd nor systemd has.
  const groups = packageValue(recipe, "GROUPADD_PARAM");
  const known = new Set(["dialout", "video", "lp", "audio"]);
  const wanted = units.flatMap((name) =>
    words(/^SupplementaryGroups=(.*)$/m.exec(productFile(`systemd/${name}`))?.[1] ?? ""),
  );
  for (const group of wanted) assert.ok(known.has(group) || new RegExp(` ${group}(;|$)`).test(groups), group);
});

test("the firewall knows the runtime and the screen by the numbers that the recipe gives them", () => {
  const rules = layerFile("recipes-motcua/system/files/motcua.nft");
  const users = packageValue(recipe, "USERADD_PARAM");
  const number = (user: string): string =>
    new RegExp(`-u (\\d+) [^;]* ${user}(;|$)`).exec(users)?.[1] ?? "none";
  assert.match(rules, new RegExp(`elements = \\{ 0, ${number("motcua")} \\}`));
  assert.match(rules, new RegExp(`meta skuid ${number("motcua-screen")} counter reject`));
});

test("firmware, RAUC, command line and card mean the same partitions", () => {
  // The firmware counts from 1.
  assert.is(partitions.indexOf("boot-a") + 1, 2);
  assert.is(partitions.indexOf("boot-b") + 1, 3);
  const config = layerFile("dynamic-layers/raspberrypi/recipes-bsp/bootfiles/rpi-config_git.bbappend");
  assert.match(config, /\[boot_partition=2\]\\n\\\ncmdline=cmdline-a\.txt/);
  assert.match(config, /\[boot_partition=3\]\\n\\\ncmdline=cmdline-b\.txt/);
  assert.match(config, /\[all\]\\n\\\n"$/m);
  const slots = [
    ...systemConf.matchAll(/^\[slot\.(rootfs|boot)\.(\d)\]\ndevice=\/dev\/disk\/by-partlabel\/(\S+)$/gm),
  ];
  assert.equal(slots.map(([, kind, number, label]) => `${kind}.${number} ${label}`).sort(), [
    "boot.0 boot-a",
    "boot.1 boot-b",
    "rootfs.0 root-a",
    "rootfs.1 root-b",
  ]);
  for (const [, , , label] of slots) assert.ok(partitions.includes(label), label);
  for (const name of ["data.mount", "boot-firmware.mount"]) {
    const label = /by-partlabel\/(\S+)/.exec(layerFile(`recipes-motcua/system/files/${name}`))?.[1];
    // The data partition is made on the board.
    assert.ok(label === "data" || partitions.includes(label), name);
  }
  assert.match(layerFile("recipes-motcua/system/files/50-data.conf"), /^Label=data$/m);
});

test("the data partition's type is nobody else's on the card", () => {
  const data =
    /^Type=(\S+)$/m.exec(layerFile("recipes-motcua/system/files/50-data.conf"))?.[1]?.toLowerCase() ?? "";
  assert.match(data, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  const types = [...layerFile("wic/motcua-ab.wks.in").matchAll(/--part-type (\S+)/g)].map(([, type]) =>
    type?.toLowerCase(),
  );
  assert.is(types.length, partitions.length);
  assert.not.ok(types.includes(data));
});

test("every file that a recipe of this layer names beside itself is there", () => {
  const files = new Set(layerFiles());
  for (const path of layerFiles().filter((name) => /\.bb(append)?$/.test(name))) {
    const folder = path.slice(0, path.lastIndexOf("/"));
    for (const [, name = ""] of layerFile(path).matchAll(/file:\/\/([\w.@-]+)(?=[\s"])/g))
      if (path !== RECIPE || !name.includes(";"))
        assert.ok(
          files.has(`${folder}/files/${name}`) || name === "COPYING" || name.startsWith("COPYING."),
          `${path}: ${name}`,
        );
  }
  for (const unit of words(recipeValue(system, "MOTCUA_UNITS")))
    assert.ok(system.includes(`file://${unit} `), unit);
});

test("kas takes every layer at one commit, and hands on what only the owner has", () => {
  for (const [name, { url, commit, branch }] of Object.entries(kas.repos)) {
    if (name === "motcua") continue;
    assert.match(url ?? "", /^https:\/\//, name);
    assert.match(commit ?? "", /^[0-9a-f]{40}$/, name);
    assert.is(branch, "scarthgap", name);
  }
  assert.ok(layerFiles().includes(`conf/distro/${kas.distro}.conf`));
  assert.equal(kas.target, ["motcua-image", "motcua-bundle"]);
  const set = layerFiles()
    .filter((path) => /\.(conf|bb|bbclass|bbappend)$/.test(path))
    .flatMap((path) =>
      [
        ...layerFile(path).matchAll(
          /^(MOTCUA_(?:RAUC|NPM_REGISTRY|BUILD|LOWEST|LIBTENSORFLOW)\w*) \?\?= ""?/gm,
        ),
      ].map(([, name]) => name),
    );
  for (const name of set)
    if (name !== "MOTCUA_NPM_BUILD_PATHS")
      assert.ok(name !== undefined && name in kas.env, `kas.yml passes no ${name}`);
  assert.is(new Set(set).size >= 6, true);
});

test("no key, no hash that nobody has seen and no door of somebody's house lies in the layer", () => {
  for (const path of layerFiles()) {
    const text = layerFile(path);
    assert.not.match(text, /BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)/, path);
    if (/libtensorflow/i.test(text)) assert.not.match(text, /sha256(sum)?\W+[0-9a-f]{64}/, path);
  }
  assert.match(recipe, /^MOTCUA_LIBTENSORFLOW_SHA256 \?\?= ""$/m);
});

test("the screen shows an address of this machine, and nothing else", () => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-cog-"));
  const script = join(LAYER, "recipes-motcua", "screen", "files", "screen-cog");
  const run = (url: string | null) => {
    const file = join(folder, "url");
    rmSync(file, { force: true });
    if (url !== null) writeFileSync(file, url);
    // Its arguments are what matters here; the browser itself needs a display.
    const env = {
      ...process.env,
      MOTCUA_SCREEN_URL_FILE: file,
      MOTCUA_COG: "/bin/echo",
      XDG_RUNTIME_DIR: folder,
    };
    return spawnSync("sh", [script], { encoding: "utf8", env });
  };
  try {
    const good = run("http://127.0.0.1:8800/\n");
    assert.is(good.status, 0, good.stderr);
    assert.match(good.stdout, /--platform=drm .* http:\/\/127\.0\.0\.1:8800\/$/m);
    for (const bad of [
      "http://example.org/",
      "http://127.0.0.1:8800/ --ignore-tls-errors",
      "http://127.0.0.1.example.org:80/",
      "file:///etc/passwd",
      "",
    ]) {
      const refused = run(bad);
      assert.is(refused.status, 1, bad);
      assert.match(refused.stderr, /no address of this machine/);
    }
    assert.match(run(null).stderr, /has not started yet/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("shell scripts, firewall and units are read by their own programs without a word", () => {
  for (const path of layerFiles().filter((name) => layerFile(name).startsWith("#!/bin/sh")))
    assert.is(spawnSync("sh", ["-n", join(LAYER, path)]).status, 0, path);
  const files = join(LAYER, "recipes-motcua", "system", "files");
  if (hasCommand("nft") && process.getuid?.() === 0) {
    const { status, stderr } = spawnSync("nft", ["-c", "-f", join(files, "motcua.nft")], {
      encoding: "utf8",
    });
    // A container may not ask the kernel; its "not permitted" says nothing about the rules.
    if (!/not permitted/.test(stderr)) assert.is(status, 0, stderr);
  } else
    process.stdout.write(
      "skipped: nft is not here, or not for this user; the firewall's rules were not checked\n",
    );
  if (hasCommand("systemd-analyze")) {
    const units = readdirSync(files).filter((name) => /\.(mount|service)$/.test(name));
    const { stdout, stderr } = spawnSync(
      "systemd-analyze",
      ["verify", ...units.map((name) => join(files, name))],
      { encoding: "utf8" },
    );
    // Programs of the image, which this machine need not have.
    const said = `${stdout}${stderr}`
      .split("\n")
      .filter((line) => line !== "" && !/is not executable: No such file/.test(line));
    assert.equal(
      said.filter((line) => /motcua|data\.mount|boot-firmware|var-l/.test(line)),
      [],
    );
  } else process.stdout.write("skipped: systemd-analyze is not here; the layer's units were not checked\n");
});

test.run();
