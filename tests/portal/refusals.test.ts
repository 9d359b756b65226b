// What is refused: a scan that is not what the kiosk sealed, and numbers that are tried on a slip that was found?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Desk, NUMBER } from "./desk.js";

test("a scan that was changed after its seal is shown as such and can not be certified", () =>
  Desk.with(async (desk) => {
    const application = await desk.submit({
      spoil: (pdf) => {
        const out = pdf.slice();
        const at = Math.floor(out.length / 3);
        out[at] = (out[at] ?? 0) ^ 1;
        return out;
      },
    });
    const answer = await desk.start(application, "1");
    assert.is(answer.status, 409);
    assert.match(await answer.text(), "Không thể chứng thực bản quét này");
    assert.match(await desk.page(`/applications/${application.id}`), 'class="bad"');
  }));

test("numbers are not tried on a slip that was found, and no lookup gives the copy away", () =>
  Desk.with(async (desk) => {
    const application = await desk.submit();
    await desk.certify(application, "1");
    const attempt = (number: string) => desk.post("/lookup", { code: application.lookupCode, number });
    for (let place = 0; place < 5; place += 1)
      assert.is((await attempt(`00119000001${place}`)).status, 403, `attempt ${place}`);
    assert.is((await attempt(NUMBER)).status, 429, "also the right one waits now");
    assert.is((await fetch(`${desk.url}/lookup/copies/${"a".repeat(32)}`)).status, 404);
    const { url } = desk;
    await desk.rig.portal?.end("SIGKILL");
    await desk.startPortal(Number(new URL(url).port));
    assert.is((await attempt(NUMBER)).status, 429, "a restart forgives nothing");
    assert.is((await desk.post("/lookup", { code: "0000-0000-0000-0000", number: NUMBER })).status, 404);
  }));

test.run();
