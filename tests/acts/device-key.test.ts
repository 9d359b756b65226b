// Does the kiosk sign with a key on a token, and what happens when the token is out, locked, empty or another one?
import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  deviceKeyCondition,
  deviceKeyFile,
  deviceKeyReport,
  type HeldDeviceKey,
  manifestReader,
  openDeviceKey,
} from "../../src/acts/device-key.js";
import { makeSealer } from "../../src/acts/sealing.js";
import { type SubmittingParts, submit } from "../../src/acts/submitting.js";
import { defaultConfig } from "../../src/config.js";
import { FaultError } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import { Pii } from "../../src/core/pii.js";
import { ed25519Point } from "../../src/documents/token-device-key.js";
import type { Slip, Submission } from "../../src/flows/effects.js";
import { standingTroubles } from "../../src/ops/status.js";
import { enrolByFile } from "../../src/portal/enrolment.js";
import { startLink } from "../../src/sync/link.js";
import { loadDeviceKey, PORTAL_PUBLIC_KEYS_FILE } from "../../src/sync/protocol/keys.js";
import { signManifest, verifyManifest } from "../../src/sync/protocol/manifest.js";
import { identityOf, theCitizen } from "../flows/house.js";
import { offered } from "../flows/offered.js";
import { testClock, withFolder } from "../store/fixtures.js";
import { KIOSK, QUICK, Rig, until } from "../sync/rig.js";
import { PIN, SOFTHSM, SoftTokens } from "./soft-token.js";

const PATIENT_MS = 60_000;

const open = (stateDir: string, tokens: SoftTokens, more: { readonly adopt?: boolean } = {}): HeldDeviceKey =>
  openDeviceKey({ stateDir, config: tokens.config, clock: testClock, log: silentLog, ...more });

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (thrown) {
    return thrown instanceof FaultError ? thrown.code : String(thrown);
  }
  return "nothing was thrown";
};

const withTokens = async (act: (dir: string, tokens: SoftTokens) => void | Promise<void>): Promise<void> => {
  if (SOFTHSM === undefined) return;
  const module = SOFTHSM;
  await withFolder((dir) => act(dir, new SoftTokens(dir, module)));
};

const confirmed = (): Submission => ({
  id: randomUUID(),
  procedureCode: "1.004873",
  language: "vi",
  identity: identityOf("genuine"),
  form: new Pii({ fullName: theCitizen.fullName }),
  papers: [],
  feeVnd: 0,
  confirmation: { method: "codeOnScreen", at: 1_000 },
});

const partsOf = (rig: Rig, device: HeldDeviceKey): SubmittingParts => {
  const slips: Slip[] = [];
  const publicKeysFile = join(rig.portalDir, PORTAL_PUBLIC_KEYS_FILE);
  return {
    ...{ store: rig.store, kioskId: KIOSK, utcOffsetMinutes: 420, receiptWaitMs: 1, scanning: null },
    seal: makeSealer({ device, kioskId: KIOSK, publicKeysFile, clock: testClock }),
    procedure: (code) => offered.find(code),
    receipt: async () => null,
    keepSlip: (slip) => void slips.push(slip),
    keptSlip: (number) => slips.find((slip) => slip.number === number) ?? null,
    clock: testClock,
  };
};

const withRig = async (act: (rig: Rig, tokens: SoftTokens) => Promise<void>): Promise<void> => {
  if (SOFTHSM === undefined) return;
  const module = SOFTHSM;
  await Rig.with((rig) => act(rig, new SoftTokens(rig.dir, module)));
};

/** As the kiosk wires it. */
const linkOf = (rig: Rig, device: HeldDeviceKey): void => {
  rig.link = startLink({
    ...{ store: rig.store, kioskId: KIOSK, url: rig.broker.url, clock: testClock, log: silentLog },
    ...{ version: "test", telemetry: () => ({}), timings: QUICK, readManifest: manifestReader(device) },
  });
};

const never = new AbortController().signal;

test("what a token signed is taken in; with the token out nothing is taken, and the same act goes through after", () =>
  withRig(async (rig, tokens) => {
    const name = tokens.make();
    const device = open(rig.dir, tokens);
    enrolByFile(rig.portalDir, KIOSK, device.publicKeyPem);
    await rig.startPortal();
    linkOf(rig, device);
    const parts = partsOf(rig, device);
    await submit(parts, confirmed(), never);

    tokens.pull(name);
    const second = confirmed();
    const thrown = await submit(parts, second, never).catch((error: unknown) => error);
    assert.is(thrown instanceof FaultError && thrown.code, "keys.tokenAbsent");
    assert.is(rig.store.outbox.state(second.id), undefined);
    assert.equal(rig.store.journal.open("submit"), []);
    assert.is(device.look()?.code, "keys.tokenAbsent");
    // What was sealed before goes out without the token.
    await until("the first is accepted", () => rig.store.outbox.stats().accepted === 1, PATIENT_MS);

    tokens.plug(name);
    await submit(parts, second, never);
    assert.is(device.trouble, null);
    await until("both are accepted", () => rig.store.outbox.stats().accepted === 2, PATIENT_MS);
    assert.is(rig.store.outbox.status(second.id)?.submissionId, second.id);
    device.close();
  }));

test("a token that is out at the start keeps the kiosk from nothing but taking; it comes back by a look", () =>
  withTokens((dir, tokens) => {
    const name = tokens.make();
    const first = open(dir, tokens);
    const { publicKeyPem } = first;
    first.close();
    tokens.pull(name);
    const device = open(dir, tokens);
    let heard = 0;
    device.watch(() => {
      heard += 1;
    });
    assert.is(device.publicKeyPem, publicKeyPem);
    assert.is(device.trouble?.code, "keys.tokenAbsent");
    assert.is(deviceKeyCondition(device).now().fault, "keys.tokenAbsent");
    assert.is(deviceKeyReport(device).fault, "keys.tokenAbsent");
    assert.is(
      codeOf(() => device.sign(Buffer.from("a"))),
      "keys.tokenAbsent",
    );
    tokens.plug(name);
    assert.is(device.look(), null);
    tokens.pull(name);
    tokens.plug(name);
    // The session was lost meanwhile; nobody has to notice.
    assert.is(device.sign(Buffer.from("a")).length, 64);
    assert.is(heard, 1);
    device.close();
  }));

test("without a token of which anything is known there is no start, and the reason is told", () =>
  withTokens((dir, tokens) => {
    assert.throws(() => open(dir, tokens), /keys\.tokenAbsent: token "kiosk".*there is no token/);
    chmodSync(tokens.pinFile, 0o644);
    tokens.make();
    assert.throws(() => open(dir, tokens), /keys\.unusable.*chmod 600/);
    const config = { ...tokens.config, module: "/nowhere/token.so" };
    const parts = { stateDir: dir, config, clock: testClock, log: silentLog };
    assert.throws(() => openDeviceKey(parts), /keys\.tokenAbsent.*nowhere/);
  }));

test("a wrong PIN is tried once, whatever is started again, until somebody writes the file anew", () =>
  withTokens((dir, tokens) => {
    tokens.make();
    open(dir, tokens).close();
    tokens.writePin("98765");
    const device = open(dir, tokens);
    assert.is(device.trouble?.code, "keys.tokenPin");
    // If it were tried again, it would be taken now.
    tokens.changePin(PIN, "98765");
    assert.is(device.look()?.code, "keys.tokenPin");
    assert.is(
      codeOf(() => device.sign(Buffer.from("a"))),
      "keys.tokenPin",
    );
    device.close();
    const again = open(dir, tokens);
    assert.is(again.look()?.code, "keys.tokenPin");
    tokens.writePin("98765");
    assert.is(again.look(), null);
    again.close();
    open(dir, tokens).close();
  }));

test("a try that was cut off is not repeated where the token counts a wrong one", () =>
  withTokens((dir, tokens) => {
    tokens.make();
    open(dir, tokens).close();
    const note = join(dir, "keys", "device-token.pin.json");
    assert.not(existsSync(note), "a right PIN leaves no note");
    tokens.writePin("98765");
    open(dir, tokens).close();
    assert.ok(existsSync(note));
    // Of a cut after the intent: the same stamp, and nobody wrote down how it ended.
    const { stamp } = JSON.parse(readFileSync(note, "utf8")) as { stamp: string };
    writeFileSync(note, JSON.stringify({ v: 1, stamp, state: "trying" }));
    tokens.changePin(PIN, "98765");
    tokens.guessWrong();
    const device = open(dir, tokens);
    assert.is(device.trouble?.code, "keys.tokenPin");
    device.close();
    // Right meanwhile, and no wrong try on the token's count: the cut one was not it.
    tokens.changePin("98765", "98765");
    const calm = open(dir, tokens);
    assert.is(calm.trouble, null);
    calm.close();
  }));

test("no such key, a key of another kind, a missing PIN: each is named", () =>
  withTokens((dir, tokens) => {
    tokens.make("EC:prime256v1");
    assert.throws(() => open(dir, tokens), /keys\.tokenKey.*not an Edwards key/);
    const parts = { stateDir: dir, clock: testClock, log: silentLog };
    const config = { ...tokens.config, label: "none" };
    assert.throws(() => openDeviceKey({ ...parts, config }), /keys\.tokenKey.*no private key "none"/);
    writeFileSync(tokens.pinFile, "\n");
    assert.throws(() => open(dir, tokens), /keys\.unusable.*one line/);
  }));

test("another token under the same name never signs until its key is to be the kiosk's", () =>
  withTokens((dir, tokens) => {
    const first = tokens.make();
    const device = open(dir, tokens);
    const before = device.publicKeyPem;
    const manifest = (key: HeldDeviceKey) =>
      signManifest(
        {
          ...{ v: 1, kiosk: "T01", submission: randomUUID(), sequence: 1, procedure: "2.000815" },
          ...{ slipNumber: "T01-000001", lookupHash: "0".repeat(64), portalKeyId: "0".repeat(16) },
          ...{ documents: [{ index: 0, sha256: "1".repeat(64), length: 9, mediaType: "application/json" }] },
          ...{ wallMs: 1, wallTrust: "trusted" },
        },
        key,
      );
    const old = manifest(device);
    tokens.pull(first);
    tokens.make();
    assert.is(device.look()?.code, "keys.otherKey");
    assert.is(
      codeOf(() => device.sign(Buffer.from("a"))),
      "keys.otherKey",
    );
    device.close();

    const adopted = open(dir, tokens, { adopt: true });
    assert.is.not(adopted.publicKeyPem, before);
    const fresh = manifest(adopted);
    assert.ok(verifyManifest(fresh, adopted.publicKeyPem));
    const read = manifestReader(adopted);
    assert.ok(read(old) !== undefined && read(fresh) !== undefined, "both were signed here");
    adopted.close();
    const later = open(dir, tokens);
    assert.is(later.trouble, null);
    later.close();
  }));

test("a portal that knows another key refuses for now; nothing is lost, and it is taken in once it knows this one", () =>
  withRig(async (rig, tokens) => {
    tokens.make();
    const device = open(rig.dir, tokens);
    // Enrolled is the rig's key file, as before the token came.
    await rig.startPortal();
    linkOf(rig, device);
    const one = confirmed();
    await submit(partsOf(rig, device), one, never);
    await until("it is set aside", () => rig.store.outbox.state(one.id) === "quarantined", PATIENT_MS);
    const [trouble] = standingTroubles({}, rig.store, device);
    assert.is(trouble?.fault, "keys.notEnrolled");
    enrolByFile(rig.portalDir, KIOSK, device.publicKeyPem);
    rig.store.outbox.releaseQuarantined();
    await until("it is taken in", () => rig.store.outbox.state(one.id) === "accepted", PATIENT_MS);
    assert.equal(standingTroubles({}, rig.store, device), []);
    device.close();
  }));

test("without [deviceKey] the key is the file it always was", () =>
  withFolder((dir) => {
    const { deviceKey: config } = defaultConfig();
    const device = openDeviceKey({ stateDir: dir, config, clock: testClock, log: silentLog });
    assert.is(device.publicKeyPem, loadDeviceKey(deviceKeyFile(dir)).publicKeyPem);
    assert.is(device.look(), null);
    assert.match(deviceKeyReport(device).where, /^key file .*device\.pem$/);
    assert.equal(readdirSync(join(dir, "keys")), ["device.pem"]);
    // Touched or not, a key file is read at the start and signs on.
    utimesSync(deviceKeyFile(dir), 1, 1);
    assert.is(device.sign(Buffer.from("a")).length, 64);
    device.close();
  }));

test("the public point in each form that tokens give it", () => {
  const point = Buffer.alloc(32, 7);
  const forms = [point, Buffer.concat([Buffer.from("0420", "hex"), point])];
  for (const form of [...forms, Buffer.concat([Buffer.from("032100", "hex"), point])])
    assert.equal(Buffer.from(ed25519Point(form) ?? []), point);
  for (const wrong of ["", "0420", "0421".padEnd(68, "0"), "04".padEnd(130, "1"), "032101".padEnd(70, "0")])
    assert.is(ed25519Point(Buffer.from(wrong, "hex")), null);
});

test.run();
