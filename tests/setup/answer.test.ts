// Does the portal's answer come in by a stick and by pasting, only to the kiosk it is for, and follow a change of id?
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { certificateFolder } from "../../src/certificate-command.js";
import { Pairs } from "../../src/sync/certificates/pairs.js";
import { TlsRig } from "../sync/tls-rig.js";
import { runCommand } from "../wire/command.js";

const BIN = fileURLToPath(new URL("../../../src/motcua.mjs", import.meta.url));

const setUp = (stateDir: string, step: string, lines: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    const args = ["setup", "--plain", "--lang", "en", "--state", stateDir, "--step", step];
    const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, MOTCUA_SETUP: "done" } });
    let out = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        out += chunk.toString();
      });
    child.on("close", (code) => resolve(`${out}\nexit code ${code}`));
    child.stdin.on("error", () => {});
    child.stdin.end(lines.map((line) => `${line}\n`).join(""));
  });

const SEALS = /-----BEGIN MOTCUA SEAL CERTIFICATE-----[\s\S]*-----END MOTCUA SEAL CERTIFICATE-----\n/;

const place = (id: string): readonly string[] => [id, "", "", "", "1"];

interface Round {
  readonly request: string;
  readonly out: string;
}

/** The request leaves as a file, and the portal answers it. */
const admitted = async (rig: TlsRig, stateDir: string, name: string): Promise<Round> => {
  const [request, out] = [join(rig.dir, `${name}.request.pem`), join(rig.dir, `${name}.answer.pem`)] as const;
  const said = await setUp(stateDir, "certificate", ["2", request, "5", "1"]);
  assert.ok(existsSync(request), said);
  const { code, stderr } = await runCommand(
    ["setup", "admit", request, "--out", out, "--state", join(rig.dir, "state")],
    {
      env: { MOTCUA_SETUP: "done" },
    },
  );
  assert.is(code, 0, stderr);
  return { request, out };
};

test("an answer is pasted or read from a stick, one for another kiosk is refused, and a new id asks for a new one", () =>
  TlsRig.with(async (rig) => {
    const stateDir = join(rig.dir, "kiosk");
    const other = join(rig.dir, "other");
    await setUp(stateDir, "place", place("BP07"));
    await setUp(other, "place", place("BP09"));
    const own = await admitted(rig, stateDir, "BP07");
    const foreign = await admitted(rig, other, "BP09");
    const current = () => new Pairs(certificateFolder(stateDir)).get("current");
    // Looked at, compared, and yet for another key: nothing is put in its place.
    const refused = await setUp(stateDir, "certificate", ["3", "2", foreign.out, "2", "5", "1"]);
    assert.match(refused, /The answer can not be used\n.*belongs to another key/);
    assert.is(current(), null);
    // Not the same fingerprint, says the technician.
    await setUp(stateDir, "certificate", ["3", "2", own.out, "1", "5", "1"]);
    assert.is(current(), null);
    // Its own certificate, and the seal of another: the kiosk could never seal with it.
    const mixed = join(rig.dir, "mixed.pem");
    const [ownText, foreignText] = [own.out, foreign.out].map((file) => readFileSync(file, "utf8")) as [
      string,
      string,
    ];
    writeFileSync(mixed, ownText.replace(SEALS, "") + (SEALS.exec(foreignText)?.[0] ?? ""));
    const otherSeal = await setUp(stateDir, "certificate", ["3", "2", mixed, "2", "5", "1"]);
    assert.match(otherSeal, /seal in the answer belongs to another key/);
    assert.is(current(), null);
    // A portal from before the seal: the technician is told, and the kiosk serves.
    const without = join(rig.dir, "without.pem");
    writeFileSync(without, ownText.replace(SEALS, ""));
    assert.match(
      await setUp(stateDir, "certificate", ["3", "2", without, "1", "5", "1"]),
      /scans are not sealed yet/,
    );
    const pem = ownText.trim().split("\n");
    const pasted = await setUp(stateDir, "certificate", ["3", "3", "some noise", ...pem, "", "2", "1"]);
    assert.is(current()?.commonName, "BP07", pasted);
    assert.ok(existsSync(join(stateDir, "trust", "portal-keys.pub.json")));
    assert.match(
      readFileSync(join(stateDir, "kiosk.toml"), "utf8"),
      /authority = ".*trust\/authority\.crt\.pem"/,
    );
    await setUp(stateDir, "place", place("BP08"));
    const progress = JSON.parse(readFileSync(join(stateDir, "setup", "progress.json"), "utf8")) as {
      steps: object;
    };
    assert.is("certificate" in progress.steps, false);
    const renamed = await admitted(rig, stateDir, "BP08");
    await setUp(stateDir, "certificate", ["3", "2", renamed.out, "2", "1"]);
    assert.is(current()?.commonName, "BP08");
  }));

test.run();
