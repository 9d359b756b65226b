// Does an update go from the offer to the other slot, prove itself and stay, or fall back with its reason told? (Real RAUC.)
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { install } from "../../src/update/install.js";
import { NotNow } from "../../src/update/machine.js";
import { prove } from "../../src/update/prove.js";
import { Machine } from "./machine.js";
import { GOOD_PROOF, type Made, makeParts } from "./parts.js";
import { anImage, envelopeOf, hasRauc, releaseKey } from "./releases.js";

const withMachine = async (
  act: (machine: Machine, dir: string) => Promise<void>,
  formats?: string,
): Promise<void> => {
  if (!hasRauc()) {
    process.stdout.write(
      "skipped: rauc and mksquashfs are not installed (apt install rauc squashfs-tools)\n",
    );
    return;
  }
  const dir = mkdtempSync(join(tmpdir(), "motcua-update-"));
  try {
    await Machine.with(dir, (machine) => act(machine, dir), formats);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

/** Through offer and staging to "waiting", as a stick brings it. */
const bring = async (made: Made, bundle: string, envelope: Uint8Array): Promise<void> => {
  const keeper = made.keeper();
  await keeper.takeFile(bundle, envelope);
  await keeper.idle();
  assert.is(made.journal.state().step, "waiting");
};

const rejects = async (work: Promise<unknown>, pattern: RegExp): Promise<Error> => {
  try {
    await work;
  } catch (thrown) {
    assert.match((thrown as Error).message, pattern);
    return thrown as Error;
  }
  throw new Error(`was expected to fail: ${pattern}`);
};

test("a good update: written to the other slot, started, proven, marked good, and the bundle is gone", () =>
  withMachine(async (machine, dir) => {
    const key = releaseKey(dir);
    const made = makeParts(dir, machine, key);
    const image = anImage();
    const bundle = machine.signer.bundle("one", 11, image);
    await bring(made, bundle, envelopeOf(bundle, 11, key));
    assert.match(await install(made.parts, { now: true }), /build 11 .* is installed/);
    assert.ok(machine.slot("B").subarray(0, image.length).equals(image), "the image is in slot B");
    assert.ok(machine.rebootAsked);
    assert.is(await machine.boot(), "B");
    assert.is(machine.left("B"), 2, "the bootloader has counted one attempt");
    assert.match(await prove(made.parts), /build 11 has proven itself/);
    assert.is(machine.left("B"), 3, "it counts no more");
    assert.is(machine.marked.at(-1), "B");
    const state = made.journal.state();
    assert.equal([state.step, state.open, state.goodBuild], ["good", false, 11]);
    const left = readdirSync(join(dir, "update"));
    assert.not.ok(
      left.some((name) => name.endsWith(".raucb")),
      left.join(" "),
    );
    // The next start is an ordinary one.
    await machine.boot();
    assert.match(await prove(made.parts), /the slot is marked good/);
  }));

test("a program that does not prove itself is started until the bootloader goes back, and the reason is told", () =>
  withMachine(async (machine, dir) => {
    const key = releaseKey(dir);
    const made = makeParts(dir, machine, key);
    const bundle = machine.signer.bundle("bad", 11, anImage());
    await bring(made, bundle, envelopeOf(bundle, 11, key));
    await install(made.parts, { now: true });
    let boots = 0;
    for (let slot = await machine.boot(); slot === "B"; slot = await machine.boot()) {
      boots += 1;
      assert.ok(boots < 10, "it ends");
      made.runtime.proofNow = { screen: false, storeProblem: null, printer: true, synced: true };
      await rejects(prove(made.parts), /the screen shows nothing; the machine starts again/);
      assert.ok(machine.rebootAsked);
    }
    assert.is(boots, 3, "the bootloader's attempts");
    made.runtime.proofNow = { screen: true, storeProblem: null, printer: true, synced: true };
    assert.match(
      await prove(made.parts),
      /after a fall back: build 11 did not prove itself: the screen shows nothing/,
    );
    const state = made.journal.state();
    assert.equal([state.step, state.open, state.trials, state.goodBuild], ["fellBack", false, 3, 0]);
    // Offered again, it is not tried again by itself.
    const keeper = made.keeper();
    keeper.offered(envelopeOf(bundle, 11, key));
    await keeper.idle();
    assert.is(keeper.status().step, "fellBack");
  }));

test("a new program that never comes up: the old one says so", () =>
  withMachine(async (machine, dir) => {
    const key = releaseKey(dir);
    const made = makeParts(dir, machine, key);
    const bundle = machine.signer.bundle("dead", 11, anImage());
    await bring(made, bundle, envelopeOf(bundle, 11, key));
    await install(made.parts, { now: true });
    for (let boot = 1; boot <= 3; boot += 1) assert.is(await machine.boot(), "B");
    assert.is(await machine.boot(), "A");
    await prove(made.parts);
    assert.match(made.journal.state().reason ?? "", /did not come up/);
  }));

test("no link: a good update is kept after the grace; a printer that was missing before is not asked for", () =>
  withMachine(async (machine, dir) => {
    const key = releaseKey(dir);
    const made = makeParts(dir, machine, key);
    made.runtime.proofNow = { screen: true, storeProblem: null, printer: false, synced: false };
    const bundle = machine.signer.bundle("offline", 11, anImage());
    await bring(made, bundle, envelopeOf(bundle, 11, key));
    await install(made.parts, { now: true });
    await machine.boot();
    const startedMs = performance.now();
    await prove({ ...made.parts, offlineGraceMs: 300 });
    assert.ok(performance.now() - startedMs >= 295, "the grace was waited for");
    assert.is(made.journal.state().step, "good");
    const proofs = made.journal.entries().find(({ proofs }) => proofs !== undefined)?.proofs;
    assert.equal(proofs, ["screen", "store", "offline grace"]);
  }));

test("a program that falls over soon after its start has not proven itself by then", () =>
  withMachine(async (machine, dir) => {
    const key = releaseKey(dir);
    const made = makeParts(dir, machine, key);
    const bundle = machine.signer.bundle("shaky", 11, anImage());
    await bring(made, bundle, envelopeOf(bundle, 11, key));
    await install(made.parts, { now: true });
    await machine.boot();
    let asked = 0;
    const shaky = {
      isRunning: async () => true,
      hold: async () => undefined,
      letGo: async () => undefined,
      proof: async () => {
        asked += 1;
        return asked === 5 ? null : GOOD_PROOF;
      },
    };
    const parts = { ...made.parts, runtime: shaky, proveMs: 60_000, steadyMs: 200, askEveryMs: 40 };
    await prove(parts);
    assert.ok(asked >= 9, `${asked} times asked: what held before the fall does not count`);
    assert.is(made.journal.state().step, "good");
  }));

test("a printer that was there before and is not now ends the trial", () =>
  withMachine(async (machine, dir) => {
    const key = releaseKey(dir);
    const made = makeParts(dir, machine, key);
    const bundle = machine.signer.bundle("printer", 11, anImage());
    await bring(made, bundle, envelopeOf(bundle, 11, key));
    await install(made.parts, { now: true });
    await machine.boot();
    made.runtime.proofNow = { screen: true, storeProblem: null, printer: false, synced: true };
    await rejects(prove(made.parts), /the printer is not seen, and was before/);
  }));

test("never while a citizen is there, whoever asks; never in opening hours by itself", () =>
  withMachine(async (machine, dir) => {
    const key = releaseKey(dir);
    const made = makeParts(dir, machine, key);
    const bundle = machine.signer.bundle("hours", 11, anImage());
    await bring(made, bundle, envelopeOf(bundle, 11, key));
    made.runtime.citizen = true;
    assert.instance(await rejects(install(made.parts, { now: true }), /a citizen is at the kiosk/), NotNow);
    made.runtime.citizen = false;
    // One minute that is not this one.
    const minute = (shift: number) =>
      new Date(Date.now() + 7 * 3_600_000 + shift * 60_000).toISOString().slice(11, 16);
    const closed = { ...made.parts, hours: { from: minute(60), to: minute(61) } };
    assert.instance(await rejects(install(closed, { now: false }), /it is not between/), NotNow);
    assert.is(made.journal.state().step, "waiting");
    assert.ok(
      machine.slot("B").every((byte) => byte === 0),
      "nothing was written",
    );
    const open = { ...made.parts, hours: { from: minute(-60), to: minute(60) } };
    assert.match(await install(open, { now: false }), /is installed/);
  }));

test("a verity bundle: RAUC checks it here; where the kernel has no device mapper it can not be mounted, and that is told", () =>
  withMachine(async (machine, dir) => {
    const key = releaseKey(dir);
    const made = makeParts(dir, machine, key);
    const image = anImage();
    const bundle = machine.signer.bundle("verity", 11, image, { format: "verity" });
    await bring(made, bundle, envelopeOf(bundle, 11, key));
    try {
      await install(made.parts, { now: true });
      assert.ok(machine.slot("B").subarray(0, image.length).equals(image));
    } catch (thrown) {
      assert.match((thrown as Error).message, /device|mapper|mount/i);
      process.stdout.write(`not tried here: writing a verity bundle (${(thrown as Error).message})\n`);
      assert.is(made.journal.state().step, "waiting");
      assert.is(made.runtime.letGoes, 1, "the kiosk serves again");
      for (let again = 2; again <= 3; again += 1)
        await rejects(install(made.parts, { now: true }), /device|mapper|mount/i);
      assert.is(made.journal.state().step, "refused", "what fails three times is not tried a fourth time");
    }
  }, "verity"));

test("RAUC has the last word: another signer, another machine, another format", () =>
  withMachine(async (machine, dir) => {
    const key = releaseKey(dir);
    const { BundleSigner } = await import("./releases.js");
    const stranger = new BundleSigner(join(dir, "stranger"));
    const cases = [
      [stranger.bundle("stranger", 11, anImage()), 11, /certificate|signature|verif/i],
      [machine.signer.bundle("other", 12, anImage(), { compatible: "other" }), 12, /is for "other"/],
      [machine.signer.bundle("number", 13, anImage()), 14, /is build "13", and its release says 14/],
    ] as const;
    for (const [bundle, build, pattern] of cases) {
      const made = makeParts(dir, machine, key);
      await rejects(made.keeper().takeFile(bundle, envelopeOf(bundle, build, key)), pattern);
      const state = made.journal.state();
      assert.is(state.step, "refused");
      assert.match(state.reason ?? "", pattern);
    }
  }));

test.run();
