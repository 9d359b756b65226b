// Do the device-tree overlays and the wiring tables say what the board files say, pin for pin?
//
// dtc compiles each overlay, fdtoverlay puts it onto a tree with the labels that it names, and fdtget reads the pins from
// the result. MOTCUA_DTB names a folder of real trees (bcm2711-rpi-4-b.dtb, bcm2712-rpi-5-b.dtb, rk3588-rock-5b.dtb,
// built with -@): then the overlays are put onto those too.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "smol-toml";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { INPUT_LINES, OUTPUT_LINES } from "../../src/hal/lines/lines.js";
import { packageRoot } from "../../src/package-root.js";

const ROOM = join(packageRoot(), "board");
const TREES = process.env["MOTCUA_DTB"];
const test = suite("overlays");

interface LinesTable {
  readonly chip: string;
  readonly chips?: Readonly<Record<string, string>>;
  readonly offsets: Readonly<Record<string, number>>;
  readonly activeLow: readonly string[];
}

type Pull = "up" | "down";

/** How one family of chips writes pins into a tree. */
interface Family {
  /** A tree with every label that the overlay names, and the pulls where the chip has them as nodes. */
  readonly base: string;
  readonly real: string;
  /** Where the overlay's groups lie in the merged tree. */
  readonly up: string;
  readonly down: string;
  /** "chip offset" of each pin of the group, and what the group pulls; throws when the group pulls both ways. */
  readonly pins: (tree: string, group: string) => { readonly pins: readonly string[]; readonly pull: Pull };
}

const tool = (command: string, words: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: "utf8" });
  assert.is(status, 0, `${command} ${words.join(" ")}: ${stderr}`);
  // A warning is a mistake that the kernel finds at boot.
  assert.is(stderr, "", `${command} ${words.join(" ")}: ${stderr}`);
  return stdout;
};

const cells = (tree: string, node: string, property: string): readonly number[] =>
  tool("fdtget", ["-t", "u", tree, node, property]).trim().split(/\s+/).map(Number);
const strings = (tree: string, node: string, property: string): readonly string[] =>
  tool("fdtget", ["-t", "s", tree, node, property]).trim().split(/\s+/);
const properties = (tree: string, node: string): readonly string[] =>
  tool("fdtget", ["-p", tree, node]).trim().split(/\s+/);

/** brcm,bcm2835-gpio.txt: one pull for all pins, 1 down, 2 up. */
const broadcom = (chip: string) => (tree: string, group: string) => {
  assert.equal(cells(tree, group, "brcm,function"), [0], "inputs");
  const pull = { 1: "down", 2: "up" } as const;
  return {
    pins: cells(tree, group, "brcm,pins").map((offset) => `${chip} ${offset}`),
    pull: pull[cells(tree, group, "brcm,pull")[0] as 1 | 2],
  };
};

/** pinctrl's generic properties: pins by name. */
const rp1 = (tree: string, group: string) => {
  assert.equal(strings(tree, group, "function"), ["gpio"]);
  const pulls = (["up", "down"] as const).filter((way) =>
    properties(tree, group).includes(`bias-pull-${way}`),
  );
  assert.is(pulls.length, 1);
  return {
    pins: strings(tree, group, "pins").map((name) => `pinctrl-rp1 ${name.replace(/^gpio/, "")}`),
    pull: pulls[0] as Pull,
  };
};

const PINCTRL = "/pinctrl";
/** rockchip,pinctrl.yaml: bank, pin, function, configuration. */
const rockchip = (tree: string, group: string) => {
  const row = cells(tree, group, "rockchip,pins");
  const pins: string[] = [];
  const configurations = new Set<number>();
  for (let at = 0; at < row.length; at += 4) {
    const [bank, pin, functionNumber, configuration = 0] = row.slice(at, at + 4);
    assert.is(functionNumber, 0, "GPIO");
    pins.push(`gpio${bank} ${pin}`);
    configurations.add(configuration);
  }
  const pull = (["up", "down"] as const).filter((way) =>
    configurations.has(cells(tree, `${PINCTRL}/pcfg-pull-${way}`, "phandle")[0] ?? -1),
  );
  assert.is(configurations.size, 1);
  return { pins, pull: pull[0] as Pull };
};

const pi = (rest: string): string => `/dts-v1/;
/ { #address-cells = <1>; #size-cells = <1>;
  gpio: gpio { gpio-controller; #gpio-cells = <2>; };
  i2c1: i2c1 { status = "disabled"; };
  ${rest}
};`;

const FAMILIES: Readonly<Record<string, Family>> = {
  "raspberry-pi-4": {
    base: pi('pwm: pwm { #pwm-cells = <3>; status = "disabled"; };'),
    real: "bcm2711-rpi-4-b.dtb",
    up: "/gpio/motcua_pulled_up",
    down: "/gpio/motcua_pulled_down",
    pins: broadcom("pinctrl-bcm2711"),
  },
  "raspberry-pi-5": {
    base: pi(""),
    real: "bcm2712-rpi-5-b.dtb",
    up: "/gpio/motcua_pulled_up",
    down: "/gpio/motcua_pulled_down",
    pins: rp1,
  },
  "radxa-rock-5b": {
    base: `/dts-v1/;
/ { pinctrl: pinctrl {
    pcfg_pull_up: pcfg-pull-up { bias-pull-up; };
    pcfg_pull_down: pcfg-pull-down { bias-pull-down; };
    i2c8 { i2c8m4_xfer: i2c8m4-xfer { rockchip,pins = <3 18 9 &pcfg_pull_up>, <3 19 9 &pcfg_pull_up>; }; };
  };
  i2c8: i2c { status = "disabled"; };
};`,
    real: "rk3588-rock-5b.dtb",
    up: `${PINCTRL}/motcua/motcua-pulled-up`,
    down: `${PINCTRL}/motcua/motcua-pulled-down`,
    pins: rockchip,
  },
};

const linesOf = (board: string): LinesTable => {
  const { board: wiring } = parse(readFileSync(join(ROOM, `${board}.toml`), "utf8")) as unknown as {
    board: { lines: LinesTable };
  };
  return wiring.lines;
};

/** Contacts to ground are pulled up, the door's too; push-pull outputs and lamp drivers down. */
const pullOf = (line: string, { activeLow }: LinesTable): Pull =>
  line === "door" || activeLow.includes(line) ? "up" : "down";

const pinOf = (line: string, { chip, chips = {}, offsets }: LinesTable): string =>
  `${chips[line] ?? chip} ${offsets[line]}`;

const withTrees = (work: (folder: string) => void): void => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-dt-"));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const compile = (folder: string, name: string): string => {
  const out = join(folder, `${name}.dtbo`);
  tool("dtc", ["-@", "-I", "dts", "-O", "dtb", "-o", out, join(ROOM, "overlays", `${name}.dts`)]);
  return out;
};

const merge = (folder: string, base: string, overlay: string): string => {
  const out = join(folder, "merged.dtb");
  tool("fdtoverlay", ["-i", base, "-o", out, overlay]);
  return out;
};

test("there is an overlay for each board file, and no other", () => {
  const boards = readdirSync(ROOM).filter((name) => name.endsWith(".toml"));
  assert.equal(
    readdirSync(join(ROOM, "overlays")).sort(),
    boards.map((name) => `motcua-${name.replace(/\.toml$/, ".dts")}`).sort(),
  );
  assert.equal(boards.map((name) => name.replace(/\.toml$/, "")).sort(), Object.keys(FAMILIES).sort());
});

for (const [board, family] of Object.entries(FAMILIES)) {
  test(`${board}: the overlay pulls the pins of the board file, each one way, and no others`, () =>
    withTrees((folder) => {
      const source = join(folder, "base.dts");
      const base = join(folder, "base.dtb");
      writeFileSync(source, family.base);
      tool("dtc", ["-q", "-@", "-I", "dts", "-O", "dtb", "-o", base, source]);
      const merged = merge(folder, base, compile(folder, `motcua-${board}`));
      const table = linesOf(board);
      const wired = [...INPUT_LINES, ...OUTPUT_LINES].filter((line) => (table.offsets[line] ?? -1) >= 0);
      for (const way of ["up", "down"] as const) {
        const { pins, pull } = family.pins(merged, family[way]);
        assert.is(pull, way);
        const wanted = wired.filter((line) => pullOf(line, table) === way).map((line) => pinOf(line, table));
        assert.equal([...pins].sort(), [...wanted].sort(), `pulled ${way}`);
      }
    }));

  test(`${board}: the wiring table has a row for each line, as the board file has it`, () => {
    const text = readFileSync(join(ROOM, "wiring.md"), "utf8");
    const part = text.split(/^## /m).find((each) => each.startsWith(`${board}\n`)) ?? "";
    const rows = [...part.matchAll(/^\| (\w+) \| ([\w-]+) \| (\d+) \| (\d+) \| (up|down) \|/gm)];
    const table = linesOf(board);
    const comments = readFileSync(join(ROOM, `${board}.toml`), "utf8");
    assert.equal(
      rows.map(([, line]) => line).sort(),
      [...INPUT_LINES, ...OUTPUT_LINES].sort(),
      "a row for each line",
    );
    for (const [, line = "", chip, offset, pin, pull] of rows) {
      assert.is(`${chip} ${offset}`, pinOf(line, table), line);
      assert.is(pull, pullOf(line, table), line);
      // The board file names the header pin in the line's own comment.
      const said = new RegExp(`^${line} = ${offset} +#.*\\bpin (\\d+)`, "m").exec(comments)?.[1];
      assert.is(said, pin, `${line}'s header pin`);
    }
    assert.is(new Set(rows.map(([, , , , pin]) => pin)).size, rows.length, "no header pin twice");
  });

  if (TREES !== undefined && existsSync(join(TREES, family.real)))
    test(`${board}: the overlay goes onto the real tree`, () =>
      withTrees((folder) => {
        merge(folder, join(TREES, family.real), compile(folder, `motcua-${board}`));
      }));
  else test.skip(`${board}: the overlay on the real tree (MOTCUA_DTB has no ${family.real})`, () => {});
}

test("a Pi 4's fan wire is where the wiring says, and the kernel's driver finds it there", () =>
  withTrees((folder) => {
    const overlay = compile(folder, "motcua-raspberry-pi-4");
    const group = "/fragment@0/__overlay__/motcua_fan_pin";
    assert.equal(cells(overlay, group, "brcm,pins"), [18]);
    // BCM2711 ARM Peripherals, table 94: GPIO 18 is PWM0_0 in ALT5, which brcm,function counts as 2.
    assert.equal(cells(overlay, group, "brcm,function"), [2]);
    const { offsets } = linesOf("raspberry-pi-4");
    assert.not.ok(Object.values(offsets).includes(18), "no line is on the fan's pin");
    assert.match(readFileSync(join(ROOM, "wiring.md"), "utf8"), /pin 12 \(GPIO 18, PWM0\)/);
  }));

test.run();
