// Does a scanner give every sheet once, in order, until its feeder is empty, through the real scanimage and the simulated one?
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { suite, test } from "uvu";
import * as assert from "uvu/assert";
import { openSane } from "../../src/hal/scanner/sane.js";
import { parseScanOptions, sensorIsOn, setupFor } from "../../src/hal/scanner/scan-options.js";
import { parseScannerList, ScanOutput } from "../../src/hal/scanner/scan-output.js";
import type { Scanner, Sheet } from "../../src/hal/scanner/scanner.js";
import { chooseScanner } from "../../src/hal/scanner/which-scanner.js";
import { clock, processesWith } from "./camera-bench.js";
import {
  REAL_SCANIMAGE,
  type ScannerBench,
  saneBench,
  sheetFolders,
  sheets,
  simBench,
} from "./scanner-bench.js";
import { assertFault, eventually } from "./wires.js";

interface Kind {
  readonly name: string;
  readonly open: () => Promise<{ readonly bench: ScannerBench; readonly load: () => Promise<number> }>;
}

const KINDS: readonly Kind[] = [
  {
    name: "simulated scanimage",
    open: async () => {
      const bench = await simBench();
      return {
        bench,
        load: async () => {
          bench.sim.control.load(await sheets(3));
          return 3;
        },
      };
    },
  },
  ...(REAL_SCANIMAGE === null
    ? []
    : [
        {
          name: "SANE's test backend",
          // Its feeder is empty after ten sheets.
          open: async () => ({ bench: await saneBench(), load: async () => 10 }),
        },
      ]),
];
if (REAL_SCANIMAGE === null)
  process.stdout.write("skipped: SANE's test backend (no scanimage; sane-utils)\n");

for (const { name, open } of KINDS) {
  const contract = suite(`scanner: ${name}`);
  const within = (
    title: string,
    body: (scanner: Scanner, load: () => Promise<number>, bench: ScannerBench) => Promise<void>,
  ) =>
    contract(title, async () => {
      const { bench, load } = await open();
      const scanner = await openSane({ wiring: bench.wiring(), clock });
      try {
        await body(scanner, load, bench);
      } finally {
        await scanner.close();
        assert.equal(await processesWith(bench.folder), [], "nothing of the command is left");
        assert.equal(await sheetFolders(), [], "no picture is left");
        await bench.close();
      }
    });

  within("every sheet once, in order, until the feeder is empty", async (scanner, load) => {
    const count = await load();
    const got: Sheet[] = [];
    assert.is(await scanner.scan((sheet) => void got.push(sheet)), count);
    assert.equal(
      got.map(({ number }) => number),
      Array.from({ length: count }, (_, at) => at + 1),
    );
    for (const { image, dpi } of got.slice(0, 3)) {
      const { format, width = 0 } = await sharp(image).metadata();
      assert.is(format, "png");
      assert.is(dpi, 75);
      // 200 mm (the test backend's limit) to 210 mm at 75 dpi.
      assert.ok(width >= 585 && width <= 625, String(width));
    }
    assert.is(await scanner.health(), null);
  });

  within("a batch has its limit", async (_scanner, load, bench) => {
    await load();
    const short = await openSane({ wiring: bench.wiring({ maxSheets: 2 }), clock });
    assert.is(await short.scan(() => {}), 2);
    await short.close();
  });

  within("a consumer that fails stops the feeding and is told its own error", async (scanner, load) => {
    await load();
    const mistake = new Error("no room for it");
    const thrown = await scanner
      .scan(() => {
        throw mistake;
      })
      .catch((error: unknown) => error);
    assert.is(thrown, mistake);
  });

  within("who is slow to take sheets still gets all of them before the end", async (scanner, load) => {
    const count = await load();
    let taken = 0;
    await scanner.scan(async () => {
      await clock.sleep(30);
      taken += 1;
    });
    assert.is(taken, count);
  });

  within("leaving before the turn and closing twice are safe", async (scanner) => {
    const leave = new AbortController();
    leave.abort(new Error("left"));
    assert.match(String(await scanner.scan(() => {}, leave.signal).catch((error: unknown) => error)), /left/);
    await scanner.close();
    await scanner.close();
    assert.is((await scanner.health())?.code, "scanner.absent");
  });

  contract.run();
}

test("the sheets keep the order in which they lay in the feeder", async () => {
  const bench = await simBench();
  bench.sim.control.load(await sheets(3));
  const scanner = await openSane({ wiring: bench.wiring(), clock });
  const shades: number[] = [];
  await scanner.scan(async ({ image }) => {
    shades.push(Math.round((await sharp(image).stats()).channels[0]?.mean ?? 0));
  });
  assert.equal(
    [...shades].sort((a, b) => a - b),
    shades,
  );
  assert.equal(bench.sim.control.papers, { feeder: 0, path: 0, out: 3 });
  await scanner.close();
  await bench.close();
});

test("a scanner is found by a part of its name or by USB numbers, also after a re-plug", async () => {
  const listed = parseScannerList(
    "genesys:libusb:001:007\tCanon\tLiDE 210\nfujitsu:ScanSnap iX500:98765\tFUJITSU\tScanSnap iX500\n",
  );
  const chosen = async (wanted: string, sysfs?: string) => {
    const choice = await chooseScanner(listed, wanted, sysfs);
    return "scanner" in choice ? choice.scanner.model : choice.problem;
  };
  assert.is(await chosen("fujitsu"), "ScanSnap iX500");
  assert.is(await chosen("genesys:libusb:001:007"), "LiDE 210");
  assert.match(await chosen("S"), /fits 2 scanners|ScanSnap/);
  assert.match(await chosen("brother"), /no scanner "brother" \(it lists: genesys:\S+ \(Canon LiDE 210\), /);
  const sysfs = await mkdtemp(join(tmpdir(), "motcua-sysfs-"));
  const plug = async (place: string, files: Record<string, string>) => {
    await mkdir(join(sysfs, place));
    for (const [file, text] of Object.entries(files)) await writeFile(join(sysfs, place, file), `${text}\n`);
  };
  await plug("1-1", { idVendor: "04a9", idProduct: "190a", busnum: "1", devnum: "7" });
  await plug("1-2", { idVendor: "04c5", idProduct: "132b", busnum: "1", devnum: "3", serial: "98765" });
  assert.is(await chosen("usb:04a9:190a", sysfs), "LiDE 210");
  assert.is(await chosen("usb:04C5:132B", sysfs), "ScanSnap iX500");
  assert.match(await chosen("usb:ffff:0000", sysfs), /no scanner/);
  await rm(sysfs, { recursive: true });
});

test("a backend's own options are used as it names them, and only those that it has", () => {
  const options = parseScanOptions(`All options specific to device \`fujitsu':
  Standard:
    --source ADF Front|ADF Back|ADF Duplex [ADF Front]
        Selects the scan source (such as a document-feeder).
    --mode Lineart|Gray|Color [Lineart]
    --resolution 50..600dpi (in steps of 1) [600]
  Geometry:
    --page-width 0..221.121mm (in steps of 0.0211639) [215.872]
    -x 0..215.872mm (in steps of 0.0211639) [215.872]
    -y 0..279.364mm (in steps of 0.0211639) [279.364]
    --brightness -127..127 (in steps of 1) [inactive]
    --df-action Default|Continue|Stop [Default]
    --df-thickness[=(yes|no)] [no]
  Sensors:
    --cover-open[=(yes|no)] [yes] [hardware]
    --double-feed[=(yes|no)] [no] [hardware]
    --eject
`);
  const { words, dpi } = setupFor(options, { dpi: 300, mode: "color" });
  assert.is(dpi, 300);
  assert.equal(words, [
    "--source=ADF Front",
    "--mode=Color",
    "--resolution=300",
    "--df-action=Stop",
    "--df-thickness=yes",
    "--page-width=210",
    "-x",
    "210",
    "-y",
    "279.364",
  ]);
  assert.ok(sensorIsOn(options, "cover-open"));
  assert.not.ok(sensorIsOn(options, "double-feed"));
  assert.ok(options.has("eject"));
  const few = parseScanOptions("    --resolution 75|150|600dpi [75]\n    --mode Gray [Gray]\n");
  assert.equal(setupFor(few, { dpi: 300, mode: "color" }), { words: ["--resolution=150"], dpi: 150 });
  assert.equal(setupFor(parseScanOptions(""), { dpi: 300, mode: "color" }), { words: [], dpi: 300 });
});

test("fuzz: any listing, any options and any progress are read in bounded time and memory", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.stringMatching(/^( {4}--?[a-z-]{0,20}[ |.0-9a-z[\]=()]{0,80}\n?){0,4}$/),
    fc.constantFrom(
      "Scanning page 1\n",
      "Progress: 12.5%\r",
      "Progress: 999999999%\r",
      "scanimage: sane_read: Document feeder jammed\n",
      "\t\t\t\n",
    ),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
      const all = texts.join("");
      const options = parseScanOptions(all);
      const { words, dpi } = setupFor(options, { dpi: 300, mode: "gray" });
      assert.ok(Number.isFinite(dpi));
      for (const word of words) assert.not.match(word, /NaN|\n/);
      for (const { name } of parseScannerList(all)) assert.ok(name.length > 0);
      const output = new ScanOutput();
      for (const part of texts) output.push(part);
      assert.ok(output.complaint.length <= 200);
      output.reason(null);
    }),
  );
  const output = new ScanOutput();
  for (let at = 0; at < 200; at++) output.push("x".repeat(100_000));
  assert.is(output.reason(6), "jam");
  const began = performance.now();
  parseScanOptions(`    --a ${"[".repeat(3_000)}\n`.repeat(5_000));
  assert.ok(performance.now() - began < 10_000);
});

test("chunk boundaries never change what scanimage is heard to say", () => {
  const said =
    "Scanning page 1\nProgress: 10.0%\rProgress: 100.0%\rScanned page 1. (scanner status = 5)\n" +
    "Scanning page 2\nscanimage: sane_start: Scanner cover is open\nBatch terminated, 1 page scanned\n";
  for (const size of [1, 2, 5, 11, 1_000]) {
    const output = new ScanOutput();
    let moves = 0;
    for (let at = 0; at < said.length; at += size) if (output.push(said.slice(at, at + size))) moves += 1;
    assert.ok(moves >= 1);
    assert.is(output.reason(8), "coverOpen");
    assert.is(output.complaint, "sane_start: Scanner cover is open");
  }
});

test("without the command the fault says which package has it", async () => {
  const bench = await simBench();
  const path = process.env["PATH"];
  process.env["PATH"] = "/nowhere";
  try {
    await assertFault(
      "scanner.absent",
      /no command scanimage on \/nowhere \(ENOENT; Debian: sane-utils\)/,
      () => openSane({ wiring: bench.wiring({ commandDir: "/nowhere" }), clock }),
    );
  } finally {
    process.env["PATH"] = path;
  }
  await eventually("restored", () => true);
  await bench.close();
});

test.run();
