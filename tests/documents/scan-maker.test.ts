// Does the process that makes PDFs give what the room itself gives, and go away with everything it held?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { createScanMaker } from "../../src/documents/scan-maker.js";
import { makeScanPdf } from "../../src/documents/scan-pdf.js";
import { verifyPdf } from "../../src/documents/verify.js";
import { makeHouse } from "./keys.js";
import { SCANNED_AT_MS, sampleScan } from "./scans.js";

const house = await makeHouse();
const scan = await sampleScan(1);
const options = { trust: house.trust, atMs: SCANNED_AT_MS + 1_000 };

test("sealed and unsealed, as if it were made here", async () => {
  const maker = createScanMaker();
  const unsealed = await maker.make(scan, null);
  assert.is(Buffer.compare(unsealed, await makeScanPdf(scan, null)), 0);
  const sealed = await maker.make(scan, house.seal);
  assert.is((await verifyPdf(sealed, options)).verdict, "sealedScan");
  await maker.close();
});

test("two scans at once are two files", async () => {
  const maker = createScanMaker();
  const other = { ...scan, submission: "99999999-6c1f-4c53-9a52-3f9d7a1c2b10" };
  const [first, second] = await Promise.all([maker.make(scan, house.seal), maker.make(other, house.seal)]);
  assert.is((await verifyPdf(first, options)).scan?.submission, scan.submission);
  assert.is((await verifyPdf(second, options)).scan?.submission, other.submission);
  await maker.close();
});

test("a picture that is none is refused, and the next scan is made", async () => {
  const maker = createScanMaker();
  const [page] = scan.pages;
  if (page === undefined) throw new Error("no page");
  try {
    await maker.make({ ...scan, pages: [{ ...page, jpeg: new Uint8Array(9) }] }, house.seal);
    assert.unreachable();
  } catch (error) {
    assert.ok(error instanceof FaultError && error.code === "document.notMade", String(error));
  }
  assert.ok((await maker.make(scan, null)).length > 10_000);
  await maker.close();
});

test("cancelled, forgotten and closed it leaves nothing behind", async () => {
  const maker = createScanMaker();
  const cancel = new AbortController();
  const making = maker.make(scan, house.seal, { signal: cancel.signal });
  cancel.abort(new Error("the citizen left"));
  try {
    await making;
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), /the citizen left/);
  }
  assert.ok((await maker.make(scan, null)).length > 10_000, "another process takes the next");
  await maker.forget();
  await maker.close();
  try {
    await maker.make(scan, null);
    assert.unreachable();
  } catch (error) {
    assert.ok(error instanceof FaultError, String(error));
  }
});

test.run();
