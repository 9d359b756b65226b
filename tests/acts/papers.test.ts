// Do the pages of one paper match, and do papers in the slot become pages even when the batch is cut?
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { capturePaper, KeptExposure, PageImages } from "../../src/acts/papers.js";
import { feedPapers, slotServes } from "../../src/acts/slot.js";
import { FAULTS, FaultError } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import { openLibcamera } from "../../src/hal/camera/libcamera.js";
import { noScanner } from "../../src/hal/scanner/no-scanner.js";
import { openSane } from "../../src/hal/scanner/sane.js";
import type { Scanner } from "../../src/hal/scanner/scanner.js";
import { supervise } from "../../src/hal/supervisor.js";
import type { PaperReader, ReadPage } from "../../src/ml/reader.js";
import { bench, clock } from "../contract/camera-bench.js";
import { sheets, simBench } from "../contract/scanner-bench.js";
import { assertFault, eventually } from "../contract/wires.js";

/** Says that every picture is a good page, or what `verdicts` say in order; keeps what it was shown. */
const readerOf = (verdicts: ("good" | "poor" | FaultError)[] = []) => {
  const shown: Uint8Array[] = [];
  const read: PaperReader["read"] = async ({ image }) => {
    shown.push(image);
    const verdict = verdicts.shift() ?? "good";
    if (verdict instanceof FaultError) throw verdict;
    return {
      widthPx: 1,
      heightPx: 1,
      jpeg: image,
      text: "",
      dpi: null,
      words: [],
      lines: [],
      tables: [],
      codes: [],
      checks: [],
      meanConfidence: 1,
      paperClass: "unknown",
      fields: [],
      quality: {
        sharpness: 1,
        brightness: 1,
        glare: 0,
        shadow: 0,
        covered: 0,
        skewDegrees: 0,
        verdict,
        advice: "none",
      },
    } satisfies ReadPage;
  };
  return { shown, reader: { read, forget: async () => {}, close: async () => {} } satisfies PaperReader };
};

const ANY = { paperClass: "any", known: null } as const;
const never = () => new AbortController().signal;
const brightness = async (jpeg: Uint8Array | undefined) => (await sharp(jpeg).stats()).channels[0]?.mean ?? 0;

test("the second page of a paper is exposed as the first; another paper, and a poor page, are measured anew", async () => {
  const board = await bench();
  const camera = supervise({
    part: "documentCamera",
    absentFault: "documentCamera.absent",
    open: (signal) =>
      openLibcamera({ wiring: board.wiring({ camera: "imx477" }), part: "documentCamera", clock }, signal),
    clock,
    log: silentLog,
    healthEveryMs: 60_000,
  });
  board.sim.control.setDocument(
    await sharp({ create: { width: 640, height: 480, channels: 3, background: "#808080" } })
      .jpeg()
      .toBuffer(),
  );
  const { reader, shown } = readerOf([
    "good",
    "good",
    "good",
    "poor",
    "good",
    new FaultError("paper.absent", ""),
  ]);
  const exposure = new KeptExposure();
  const parts = { camera, exposure, reader, images: new PageImages(), clock };
  const capture = async (paperClass: string) => {
    await capturePaper(parts, { paperClass, known: null }, () => {}, never());
    return brightness(shown.at(-1));
  };
  const first = await capture("diploma");
  // Half the light: the automatic exposure would make up for it.
  board.sim.control.setLight(0.5);
  assert.ok((await capture("diploma")) < first * 0.7, "kept");
  assert.ok(Math.abs((await capture("any")) - first) < 3, "another paper");
  await capture("any");
  assert.ok(Math.abs((await capture("any")) - first) < 3, "after a poor page");
  assert.ok(exposure.of("any", clock.monotonicMs()) !== undefined);
  await assertFault("paper.absent", /^$/, () => capture("any"));
  assert.is(exposure.of("any", clock.monotonicMs()), undefined);
  exposure.keep("any", { shutterUs: 1, gain: 1, colourGains: [1, 1] }, 0);
  assert.is(exposure.of("any", 1e6), undefined, "the daylight changes");
  await camera.close();
  await board.close();
});

const withSlot = async (
  open: (signal: AbortSignal) => Promise<Scanner>,
  work: (slot: ReturnType<typeof supervise<Scanner>>) => Promise<void>,
) => {
  const scanner = supervise<Scanner>({
    part: "scanner",
    absentFault: "scanner.absent",
    open,
    clock,
    log: silentLog,
    healthEveryMs: 60_000,
  });
  await eventually("opened", () => scanner.status.state !== "opening", 20_000);
  await work(scanner);
  await scanner.close();
};

test("every sheet in the slot becomes a page; a batch that is cut keeps the pages before, and says to take the papers back", async () => {
  const slot = await simBench();
  await withSlot(
    (signal) => openSane({ wiring: slot.wiring(), clock }, signal),
    async (scanner) => {
      const { reader, shown } = readerOf();
      const parts = { scanner, reader, images: new PageImages() };
      assert.ok(await slotServes(parts));
      slot.sim.control.load(await sheets(3));
      const stages: string[] = [];
      const whole = await feedPapers(parts, ANY, (sheet, stage) => stages.push(`${sheet} ${stage}`), never());
      assert.is(whole.pages.length, 3);
      assert.is(whole.fault, null);
      assert.is((await sharp(shown[0]).metadata()).format, "png");
      assert.ok(stages.includes("1 taking") && stages.includes("3 finding"));
      assert.is(slot.sim.control.takePapers(), 3);

      slot.sim.control.load(await sheets(2));
      slot.sim.control.trouble(2, "doubleFeed");
      const cut = await feedPapers(parts, ANY, () => {}, never());
      assert.is(cut.pages.length, 1);
      assert.is(cut.fault?.code, "scanner.doubleFeed");
      assert.match(FAULTS["scanner.doubleFeed"].citizen.en, /Take your papers back/);
      assert.is(slot.sim.control.takePapers(), 2);

      await assertFault("scanner.feederEmpty", /out of documents/, () =>
        feedPapers(parts, ANY, () => {}, never()),
      );
    },
  );
  await slot.close();
});

test("a sheet that can not be read stops the feeding; leaving the step does too, and both give the papers back", async () => {
  const slot = await simBench();
  await withSlot(
    (signal) => openSane({ wiring: slot.wiring(), clock }, signal),
    async (scanner) => {
      const { reader } = readerOf(["good", new FaultError("paper.unreadable", "a blank sheet")]);
      const parts = { scanner, reader, images: new PageImages() };
      slot.sim.control.load(await sheets(3));
      const cut = await feedPapers(parts, ANY, () => {}, never());
      assert.is(cut.pages.length, 1);
      assert.is(cut.fault?.code, "paper.unreadable");
      assert.is(slot.sim.control.papers.path, 0);
      assert.is(slot.sim.control.takePapers(), 3);

      slot.sim.control.load(await sheets(2));
      const leave = new AbortController();
      const reason = new Error("the citizen left");
      const feeding = feedPapers(parts, ANY, () => leave.abort(reason), leave.signal);
      assert.is(await feeding.catch((thrown: unknown) => thrown), reason);
      assert.is(slot.sim.control.papers.path, 0);
      assert.is(slot.sim.control.takePapers(), 2);
      assert.is(scanner.status.state, "ready", "neither is the scanner's fault");
    },
  );
  await slot.close();
});

test("a kiosk without a scanner sends nobody to its slot", () =>
  withSlot(
    async () => noScanner(),
    async (scanner) => {
      assert.not.ok(await slotServes({ scanner }));
      await assertFault("scanner.absent", /no scanner/, () => scanner.use((open) => open.scan(() => {})));
    },
  ));

test.run();
