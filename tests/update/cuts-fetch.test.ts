// When the power goes while pieces come, is every piece there that was said to be kept, and is the bundle right in the end?

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { seededRandom } from "../../src/ml/samples/random.js";
import { Staging } from "../../src/update/staging.js";
import { runAndCut } from "../power/cut-process.js";
import { Ext4Disk } from "../power/ext4-disk.js";
import { envelopeOf, releaseKey, releaseOfBytes } from "./releases.js";

const LONG = process.env["MOTCUA_LONG"] === "1";
const CUTS = LONG ? 40 : 5;
const SCRIPT = fileURLToPath(new URL("./piece-loop.js", import.meta.url));
const BYTES = 60_000_000;

test(`${CUTS} power cuts while pieces are kept: none that was said is gone, and the bundle comes together`, async () => {
  const at = mkdtempSync(join(tmpdir(), "motcua-pieces-"));
  const disk = Ext4Disk.make(join(at, "disk"), 256);
  try {
    if (disk === null) {
      process.stdout.write("skipped: no disk image can be mounted here (root and loop devices are needed)\n");
      return;
    }
    const bytes = randomBytes(BYTES);
    const bundle = join(at, "bundle.raucb");
    writeFileSync(bundle, bytes);
    const key = releaseKey(at);
    writeFileSync(join(at, "release.pub.pem"), key.publicKeyPem);
    writeFileSync(`${bundle}.release`, envelopeOf(bundle, 11, key, { pieceBytes: 1_048_576 }));
    const release = releaseOfBytes(bytes, 11, { pieceBytes: 1_048_576 });
    const random = seededRandom(20_261_123);
    let said = 0;
    // A busy machine may need longer for the first piece.
    for (let cut = 0; cut < CUTS || (said === 0 && cut < 4 * CUTS); cut += 1) {
      const afterMs = random.between(50, 400 * (cut + 1));
      const lines = await runAndCut(SCRIPT, disk.folder, afterMs, () => disk.cutPower());
      disk.restart();
      const pieces = lines.filter((line) => line.startsWith("piece ")).map((line) => Number(line.slice(6)));
      said = Math.max(said, ...pieces.map((piece) => piece + 1));
      const staging = await Staging.open(join(disk.folder, "update"), release);
      assert.ok(
        staging.bytes >= Math.min(said * 1_048_576, BYTES),
        `cut ${cut}: ${staging.bytes} after ${said} pieces`,
      );
      if (lines.includes("finished")) break;
    }
    assert.ok(said > 0, "no piece was kept between the cuts");
    const staging = await Staging.open(join(disk.folder, "update"), release);
    await staging.copyFrom(bundle);
    await staging.finish();
    assert.is(await staging.problem(), null);
    process.stdout.write(`${said} of ${Math.ceil(BYTES / 1_048_576)} pieces were kept between the cuts\n`);
  } finally {
    disk?.unmount();
    rmSync(at, { recursive: true, force: true });
  }
});

test.run();
