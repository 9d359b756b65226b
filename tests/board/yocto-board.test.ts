// Does the image carry for each board what the product says of it elsewhere: overlay, release number, rules, RAUC's terms?
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { layerFile, productFile, python, RECIPE, ROOT } from "./yocto-tree.js";

const recipe = layerFile(RECIPE);

test("each board's firmware lays the overlay that belongs to its wiring table, and the boot partition holds it", () => {
  const distro = layerFile("conf/distro/motcua-os.conf");
  const overlays = new Map(
    [...distro.matchAll(/^MOTCUA_OVERLAY:(\S+) \?\?= "(\S+)"$/gm)].map(([, machine, name]) => [
      machine,
      name,
    ]),
  );
  for (const [machine, board] of [
    ["raspberrypi4-64", "raspberry-pi-4"],
    ["raspberrypi5", "raspberry-pi-5"],
  ]) {
    assert.is(overlays.get(machine), `motcua-${board}`);
    assert.ok(existsSync(join(ROOT, "board", `${board}.toml`)));
    assert.ok(existsSync(join(ROOT, "board", "overlays", `motcua-${board}.dts`)));
  }
  const bsp = "dynamic-layers/raspberrypi/recipes-bsp";
  assert.match(
    layerFile(`${bsp}/bootfiles/rpi-config_git.bbappend`),
    /'dtoverlay=' \+ d\.getVar\('MOTCUA_OVERLAY'\)/,
  );
  assert.match(
    layerFile(`${bsp}/motcua-overlay/motcua-overlay.bb`),
    /board\/overlays\/\$\{MOTCUA_OVERLAY\}\.dts/,
  );
  const slots = layerFile("classes-recipe/motcua-slots-image.bbclass");
  assert.match(slots, /^IMAGE_BOOT_FILES:append = .*\{0\}\.dtbo;overlays\/\{0\}\.dtbo/m);
  assert.match(slots, /motcua-overlay:do_deploy/);
});

test("the runtime reads the number of the release where the recipe writes it, and the bundle bears the same", () => {
  assert.match(recipe, /printf '%s\\n' "\$\{MOTCUA_BUILD\}" > \$\{D\}\$\{MOTCUA_PREFIX\}\/build$/m);
  assert.match(productFile("src/package-root.ts"), /join\(packageRoot\(\), "build"\)/);
  assert.match(
    layerFile("recipes-motcua/bundles/motcua-bundle.bb"),
    /^RAUC_BUNDLE_BUILD = "\$\{MOTCUA_BUILD\}"$/m,
  );
});

test("rules go to the program that reads them: udev's by the runtime's recipe, polkit's by one of its own", () => {
  const files = python(
    "import json, sys; from motcua import tree; print(json.dumps(tree.board_files(sys.argv[1])))",
    ROOT,
  ).value as string[];
  assert.equal(
    files.filter((path) => path.endsWith(".rules")),
    ["board/udev/70-motcua.rules"],
  );
  assert.match(recipe, /find \$\{S\}\/board\/udev -name '\*\.rules' /);
  const [rule = ""] = readdirSync(join(ROOT, "board", "polkit"));
  assert.ok(layerFile("recipes-motcua/power/motcua-power.bb").includes(`file://board/polkit/${rule}"`));
  assert.match(layerFile("recipes-motcua/images/motcua-image.bb"), /^ {4}motcua-power \\$/m);
});

test("RAUC takes the bundles that the runtime counts on, by the settings file that it is called with", () => {
  const conf = layerFile("recipes-core/rauc/files/system.conf.in");
  const formats =
    /`(bundle-formats=\w+)` in system\.conf/.exec(productFile("src/update/rauc.ts"))?.[1] ?? "none";
  assert.ok(conf.split("\n").includes(formats), formats);
  assert.match(layerFile("recipes-motcua/bundles/motcua-bundle.bb"), /^RAUC_BUNDLE_FORMAT = "verity"$/m);
  assert.match(layerFile("recipes-core/rauc/rauc-conf.bbappend"), /\$\{sysconfdir\}\/rauc\/system\.conf$/m);
  assert.match(productFile("src/config.ts"), /"\/etc\/rauc\/system\.conf"/);
});

test.run();
