// Who may read and change what at the portal, and when is a citizen told to come?
import { request } from "node:http";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dueDay, findSlot, localDay, OFFICE_HOURS } from "../../src/portal/appointments.js";
import { html, raw } from "../../src/portal/html.js";
import { Browsers } from "../portal/people.js";
import { Rig, SENTINEL, until } from "./rig.js";

const post = (url: string, headers: Record<string, string>, body = "action=approve"): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body,
    redirect: "manual",
  });

const statusUnderName = (url: string, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const call = request(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.once("error", reject);
    call.end();
  });

test("the desk: officers decide on its own pages only; the public sees state and appointment alone", () =>
  Rig.with(async (rig) => {
    const portal = await rig.startPortal();
    rig.startLink();
    const sent = await rig.enqueue(2000);
    await until("it is accepted", () => rig.store.outbox.stats().accepted === 1);
    const decision = `${portal.url}/applications/1/decision`;

    const cookie = await new Browsers(portal.url).cookie("officer");
    assert.is((await post(decision, { cookie })).status, 403, "no origin");
    assert.is(
      (await post(decision, { cookie, origin: "http://evil.example" })).status,
      403,
      "another origin",
    );
    assert.is((await post(decision, { cookie, origin: "null" })).status, 403, "an opaque origin");
    assert.is((await post(decision, { cookie, authorization: "Bearer x" })).status, 403, "a token beside it");
    assert.is(await statusUnderName(portal.url, "evil.example"), 421, "another name for the same address");
    assert.is((await portal.submissions())[0]?.state, "received");

    const list = await (await portal.fetch("/")).text();
    assert.match(list, "Chứng thực bản sao từ bản chính");
    assert.not.match(list, SENTINEL);
    const detail = await portal.fetch("/applications/1");
    assert.is(detail.headers.get("cache-control"), "no-store");
    assert.match(detail.headers.get("content-security-policy") ?? "", "default-src 'none'");
    assert.match(await detail.text(), `Nguyễn Thử ${SENTINEL}`);
    const image = await portal.fetch("/applications/1/pages/1");
    assert.is(image.headers.get("content-type"), "image/jpeg");
    assert.is((await image.arrayBuffer()).byteLength, 2000);
    for (const path of ["/applications/2", "/applications/1/pages/9"])
      assert.is((await portal.fetch(path)).status, 404, path);
    assert.is((await portal.fetch("/applications/x")).status, 400);

    const done = await post(
      decision,
      { cookie, origin: portal.url },
      "action=approve&note=%3Cb%3E&appointment=2026-12-01T09%3A00",
    );
    assert.is(done.status, 303);
    const after = await (await portal.fetch("/applications/1")).text();
    assert.match(after, "&lt;b&gt;", "a note stays text");
    assert.is((await post(decision, { cookie, origin: portal.url }, "action=fly")).status, 400);
    await until("the kiosk knows", () => rig.store.outbox.status(sent.submissionId)?.state === "approved");
    assert.is(rig.store.outbox.status(sent.submissionId)?.appointment, "2026-12-01T09:00");

    const code = sent.lookupCode.toLowerCase();
    const found = await fetch(`${portal.url}/lookup?code=${code}`);
    const text = await found.text();
    assert.is(found.status, 200);
    assert.match(text, "Đã duyệt");
    assert.match(text, "09:00 ngày 01/12/2026");
    for (const hidden of [SENTINEL, sent.slipNumber, "000.00.00.X00", "Chứng thực"])
      assert.not.match(text, hidden);
    assert.is((await fetch(`${portal.url}/lookup?code=0000-0000-0000-0000`)).status, 404);
    const odd = await (await fetch(`${portal.url}/lookup?code=%22%3E%3Cscript%3E`)).text();
    assert.not.match(odd, "<script>");
  }));

test("appointments: counted in working days, never on a holiday, and never more than fit", () => {
  const hours = { ...OFFICE_HOURS, slots: ["08:00", "14:00"], capacity: 2, holidays: ["2026-11-25"] };
  // 2026-11-20 is a Friday.
  assert.is(dueDay("2026-11-20", 1, hours), "2026-11-23");
  assert.is(dueDay("2026-11-20", 0, hours), "2026-11-23", "the next working day at the earliest");
  assert.is(dueDay("2026-11-20", 3, hours), "2026-11-26", "not on the holiday of the 25th");
  assert.is(dueDay("2026-12-31", 1, hours), "2027-01-04", "not on New Year's Day");
  const taken = new Map<string, number>();
  const given = Array.from({ length: 6 }, () => {
    const slot = findSlot("2026-11-23", hours, () => taken) ?? "";
    taken.set(slot, (taken.get(slot) ?? 0) + 1);
    return slot.slice(5);
  });
  assert.equal(given, [
    "11-23T08:00",
    "11-23T08:00",
    "11-23T14:00",
    "11-23T14:00",
    "11-24T08:00",
    "11-24T08:00",
  ]);
  assert.is(
    findSlot("2026-11-23", { ...hours, capacity: 0 }, () => taken),
    null,
  );
  assert.is(localDay(Date.parse("2026-11-22T17:00:00Z")), "2026-11-23", "midnight in Hanoi");
});

test("markup: what is put in is text", () => {
  const evil = `<img src=x onerror="a('b')">&`;
  assert.is(
    html`<p title="${evil}">${[evil, raw("<br>"), null, 3]}</p>`.text,
    `<p title="&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;">&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;<br>3</p>`,
  );
});

test.run();
