// Does a whole kiosk take a release from a stick, let nobody in while it is installed, and prove itself to the command?
//
// The real runtime in a process of its own, the verbs of `motcua update` in this one, the real RAUC over files.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { defaultConfig, type KioskConfig } from "../../src/config.js";
import { type Child, startChild } from "../../src/dock/child.js";
import { PageClient } from "../../src/dock/rehearsal/page-client.js";
import { createSimBoard } from "../../src/hal/sim/sim-board.js";
import { askKiosk } from "../../src/ops/control-socket.js";
import { loadPortalKeys } from "../../src/sync/protocol/keys.js";
import type { UpdateStatus } from "../../src/update/keeper.js";
import type { Proof } from "../../src/update/machine.js";
import {
  checkCommand,
  historyCommand,
  installCommand,
  type KioskPlace,
  markGoodCommand,
  statusCommand,
} from "../../src/update-command.js";
import { offerCommand, signCommand } from "../../src/update-making.js";
import { until } from "../sync/rig.js";
import { Machine } from "./machine.js";
import { anImage, hasRauc } from "./releases.js";

const KIOSK_PROCESS = fileURLToPath(new URL("../../src/kiosk-process.js", import.meta.url));
const WAIT_MS = 90_000;

interface Ready {
  readonly type: "ready";
  readonly screenUrl: string;
}

interface Said {
  readonly code: number;
  readonly out: string;
}

/** What a verb printed; a failure is code 1 with its line, as the command line has it. */
const saying = async (
  work: (io: { stdout: PassThrough; stderr: PassThrough }) => Promise<number>,
): Promise<Said> => {
  const io = { stdout: new PassThrough(), stderr: new PassThrough() };
  const code = await work(io).catch((thrown: Error) => {
    io.stdout.write(thrown.message);
    return 1;
  });
  return { code, out: String(io.stdout.read() ?? "") };
};

const kioskConfig = (dir: string, machine: Machine): KioskConfig => {
  const config = defaultConfig();
  return {
    ...config,
    screen: { ...config.screen, port: 0 },
    update: {
      ...config.update,
      ...{ keys: [join(dir, "release.pem.pub.pem")], raucConfig: machine.conf, from: "00:00", to: "00:00" },
      reboot: ["touch", machine.rebootFile],
      ...{ proveMinutes: 1, offlineGraceMinutes: 1 },
    },
  };
};

const withKiosk = async (
  act: (place: KioskPlace, machine: Machine, kiosk: { page: () => PageClient; dir: string }) => Promise<void>,
): Promise<void> => {
  if (!hasRauc()) {
    process.stdout.write(
      "skipped: rauc and mksquashfs are not installed (apt install rauc squashfs-tools)\n",
    );
    return;
  }
  const dir = mkdtempSync(join(tmpdir(), "motcua-updated-"));
  const board = await createSimBoard({ dir, widthDots: 576, model: "epson" });
  let child: Child<Ready> | null = null;
  const pages: PageClient[] = [];
  try {
    await Machine.with(dir, async (machine) => {
      const config = kioskConfig(dir, machine);
      const stateDir = join(dir, "var");
      loadPortalKeys(join(dir, "portal"));
      const settings = {
        config,
        stateDir,
        wiring: board.wiring,
        linkUrl: "",
        portalDir: join(dir, "portal"),
      };
      const file = join(dir, "kiosk.json");
      writeFileSync(file, JSON.stringify(settings));
      const started = await startChild<Ready>(KIOSK_PROCESS, [file], {
        what: "the kiosk",
        timeoutMs: WAIT_MS,
      });
      child = started;
      const page = () => {
        const client = new PageClient(started.ready.screenUrl);
        pages.push(client);
        return client;
      };
      await act({ stateDir, config, json: false }, machine, { page, dir });
    });
  } finally {
    for (const page of pages) page.close();
    await (child as Child<Ready> | null)?.stop();
    await board.close();
    rmSync(dir, { recursive: true, force: true });
  }
};

test("signed, checked, taken from a stick, installed when the citizen left, and proven to mark-good", () =>
  withKiosk(async (place, machine, { page, dir }) => {
    const { stateDir } = place;
    assert.match((await saying((io) => statusCommand(place, io))).out, /no update was ever offered/);
    assert.equal(await saying((io) => installCommand({ ifDue: true, now: false, from: null }, place, io)), {
      code: 0,
      out: "not now: no update waits to be installed\n",
    });
    const image = anImage();
    const bundle = machine.signer.bundle("kiosk", 11, image);
    const signing = { key: join(dir, "release.pem"), days: 14 };
    assert.match(
      (await saying((io) => signCommand(bundle, signing, io))).out,
      /build 11 \(0\.11\.0\) for motcua-test/,
    );
    assert.match((await saying((io) => checkCommand(bundle, place, io))).out, /this kiosk may take it\n/);

    const proof = () => askKiosk<Proof>(stateDir, { ask: "updateProof" });
    assert.is((await proof()).screen, false, "no page is connected yet");
    const screen = page();
    await until("the screen is there", async () => (await proof()).screen, WAIT_MS);
    await until("the printer is there", async () => (await proof()).printer, WAIT_MS);
    assert.equal(await proof(), { screen: true, storeProblem: null, printer: true, synced: false });

    screen.send({ type: "WAKE" });
    screen.send({ type: "CHOOSE_LANGUAGE", language: "vi" });
    const status = () => askKiosk<{ visit: { state: string } }>(stateDir, { ask: "status" });
    await until("a visit began", async () => (await status()).visit.state !== "attract", WAIT_MS);
    const wish = { ifDue: true, now: false, from: bundle };
    assert.equal(await saying((io) => installCommand(wish, place, io)), {
      code: 0,
      out: "not now: a citizen is at the kiosk\n",
    });
    assert.match(
      (await saying((io) => statusCommand(place, io))).out,
      /build 11 \(0\.11\.0\) waits for its hour/,
    );
    assert.not.ok(machine.rebootAsked);

    screen.send({ type: "CANCEL" });
    const again = { ifDue: true, now: false, from: null };
    let done: Said = { code: 1, out: "" };
    await until(
      "the citizen left",
      async () => {
        done = await saying((io) => installCommand(again, place, io));
        return !done.out.includes("a citizen is at the kiosk");
      },
      WAIT_MS,
    );
    assert.match(done.out, /build 11 \(0\.11\.0\) is installed; the machine starts into it/);
    assert.ok(machine.rebootAsked);
    assert.ok(machine.slot("B").subarray(0, image.length).equals(image));
    await until(
      "nobody may begin a visit",
      () => JSON.stringify(screen.view).includes("update.installing"),
      WAIT_MS,
    );
    assert.is((await askKiosk<UpdateStatus>(stateDir, { ask: "update" })).step, "rebooting");

    const history = await saying((io) => historyCommand({ ...place, json: true }, io));
    const steps = (JSON.parse(history.out) as { step: string }[]).map(({ step }) => step);
    assert.equal(
      [...new Set(steps)],
      ["offered", "fetching", "staged", "waiting", "installing", "rebooting"],
    );
    await askKiosk(stateDir, { ask: "updateLetGo" });
    // An ordinary start of this very program: it answers, and its slot is marked.
    assert.match((await saying((io) => markGoodCommand(place, io))).out, /the slot is marked good/);
  }));

test("what a kiosk may not take is said by check, and by install --from; nothing is left of it", () =>
  withKiosk(async (place, machine, { dir }) => {
    const signing = { key: join(dir, "release.pem"), days: 14 };
    const bundle = machine.signer.bundle("foreign", 11, anImage(), { compatible: "motcua-rpi4" });
    assert.is((await saying((io) => signCommand(bundle, signing, io))).code, 0);
    const checked = await saying((io) => checkCommand(bundle, place, io));
    assert.is(checked.code, 1);
    assert.match(
      checked.out,
      /this kiosk may not take it: it is for "motcua-rpi4", and this is "motcua-test"/,
    );
    const wish = { ifDue: false, now: true, from: bundle };
    const taken = await saying((io) => installCommand(wish, place, io));
    assert.is(taken.code, 1);
    assert.match(taken.out, /it is for "motcua-rpi4"/);
    const stranger = machine.signer.bundle("stranger", 12, anImage());
    await saying((io) => signCommand(stranger, { key: join(dir, "stranger.pem"), days: 14 }, io));
    const disbelieved = await saying((io) => installCommand({ ...wish, from: stranger }, place, io));
    assert.match(disbelieved.out, /no release key that this kiosk knows has signed it/);
    const good = machine.signer.bundle("good", 13, anImage());
    await saying((io) => signCommand(good, signing, io));
    writeFileSync(good, readFileSync(good).subarray(0, 100_000));
    const short = await saying((io) => installCommand({ ...wish, from: good }, place, io));
    assert.match(short.out, /ends early: it is not the whole bundle/);
    assert.not.ok(machine.rebootAsked);
  }));

test("offer at the portal: what does not fit together is refused, and the list says who is offered what", async () => {
  if (!hasRauc()) return;
  const dir = mkdtempSync(join(tmpdir(), "motcua-offer-"));
  try {
    await Machine.with(dir, async (machine) => {
      const bundle = machine.signer.bundle("offer", 11, anImage());
      await saying((io) => signCommand(bundle, { key: join(dir, "release.pem"), days: 14 }, io));
      const wish = { kiosks: ["VH01"], withdraw: false, stateDir: dir, json: false };
      mkdirSync(join(dir, "portal"));
      assert.equal(await saying((io) => offerCommand(bundle, wish, io)), {
        code: 0,
        out: "build 11 is offered to VH01\n",
      });
      writeFileSync(bundle, anImage());
      const wrong = await saying((io) => offerCommand(bundle, wish, io));
      assert.match(wrong.out, /is not the bundle of/);
      const withdrawn = await saying((io) =>
        offerCommand(null, { ...wish, kiosks: null, withdraw: true }, io),
      );
      assert.is(withdrawn.out, "nothing is offered to all kiosks\n");
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test.run();
