// Does an officer see the signature as it was drawn, and anything else as mere text?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { formPairs } from "../../src/portal/pages/filled-form.js";

const LABEL = { vi: "Chữ ký", en: "Signature" };
const shown = (value: string, drawn: boolean): string =>
  formPairs([{ key: "signature", label: LABEL, value, ...(drawn ? { drawn: true as const } : {}) }]).text;

test("a drawing is drawn", () => {
  assert.match(shown("M100 100l250 0 10 -20", true), /<svg [^>]*><path d="M100 100l250 0 10 -20"\/><\/svg>/);
});

test("what a kiosk calls drawn and is no drawing stays text", () => {
  for (const value of ['"/><script>alert(1)</script>', "M0 0L9 9", "M100 100l950 0", ""]) {
    const page = shown(value, true);
    assert.not.match(page, /<svg|<script/, value);
  }
  assert.not.match(shown("M100 100l250 0", false), /<svg/, "only what is said to be drawn");
});

test.run();
