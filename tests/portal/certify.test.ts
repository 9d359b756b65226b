// Does a scan become a certified copy by an officer's and an agency's signature, and stay one for everybody?
import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KIOSK } from "../sync/rig.js";
import { Desk, NUMBER, pdfsig } from "./desk.js";

test("what the officer sees: each value with how it came to be, each doubt with its place, the kiosk's seal", () =>
  Desk.with(async (desk) => {
    const box = { x: 40, y: 60, w: 200, h: 30 };
    const label = (vi: string) => ({ vi, en: vi });
    const { id } = await desk.submit({
      paper: {
        fields: [
          {
            ...{ key: "name", label: label("Họ tên"), value: "Nguyễn Thị Thử", confidence: 0.97 },
            ...{
              source: "print",
              correction: { from: "Nguyên Thi Thử", by: "lexicon" },
              box: { page: 0, ...box },
            },
          },
          { key: "born", label: label("Ngày sinh"), value: "02/01/1990", confidence: 0.41, source: "hand" },
          { key: "note", label: label("Ghi chú"), value: "<i>x</i>", confidence: 1, source: "typed" },
        ],
        checks: [
          { id: "a", verdict: "pass", sentence: label("Quốc hiệu có đủ."), page: 0, box },
          { id: "b", verdict: "fail", sentence: label("Ngày sinh khác với chip."), page: 0, box },
        ],
      },
    });
    const text = await desk.page(`/applications/${id}`);
    assert.match(text, "chữ in · sửa từ “Nguyên Thi Thử” theo từ điển · trang 1");
    assert.match(text, /class="doubt">02\/01\/1990<br><span class="sub">chữ viết tay · độ tin thấp: 41 %/);
    assert.match(text, "người nộp nhập");
    assert.match(text, "&lt;i&gt;x&lt;/i&gt;");
    assert.ok(text.indexOf("Ngày sinh khác với chip.") < text.indexOf("Quốc hiệu có đủ."), "the worst first");
    assert.match(text, /<rect class="fail" x="40" y="60" width="200" height="30">/);
    assert.not.match(text, '<rect class="pass"');
    assert.match(text, "Kiểm tra tự động");
    const picture = await desk.fetch(`/applications/${id}/pages/1/pictures/0`);
    assert.is(picture.headers.get("content-type"), "image/jpeg");
    const jpeg = new Uint8Array(await picture.arrayBuffer());
    assert.equal([jpeg[0], jpeg[1]], [0xff, 0xd8]);
    const size = /viewBox="0 0 (\d+) (\d+)"/.exec(text);
    assert.ok(
      Number(size?.[1]) > 200 && Number(size?.[2]) > Number(size?.[1]),
      "drawn in the picture's own size",
    );
    assert.is((await desk.fetch(`/applications/${id}/pages/1/pictures/7`)).status, 404);
    assert.match(text, "Chữ ký trong tệp");
    assert.match(text, KIOSK);
    assert.match(text, "THỬ NGHIỆM", "keys for trying out say so");
  }));

test("officer, then agency: pdfsig accepts, the holder fetches it, anybody checks it, and it can be revoked", () =>
  Desk.with(async (desk) => {
    const application = await desk.submit();
    const page = `/applications/${application.id}`;
    assert.is((await desk.start(application, "15")).status, 303);
    const id = await desk.certification(application);
    const sign = (signer: string) => desk.post(`/certifications/${id}/sign`, { signer });
    assert.is((await sign("agency")).status, 409, "the officer is first");
    assert.is((await sign("officer")).status, 303);
    // Two people: the agency's signature may come another day. Until then nothing is given out.
    assert.match(await desk.page(page), "công chức đã ký, chờ chữ ký của cơ quan");
    assert.is((await desk.fetch(`/copies/${id}/pdf`)).status, 404);
    assert.type(await desk.download(application.lookupCode, NUMBER), "string");
    assert.not.match(await desk.page(`/lookup?code=${application.lookupCode}`), "Bản sao điện tử");
    assert.is((await sign("officer")).status, 409, "once");
    assert.is((await sign("agency")).status, 303);
    assert.is((await sign("agency")).status, 409, "once");

    const pdf = new Uint8Array(await (await desk.fetch(`/copies/${id}/pdf`)).arrayBuffer());
    const said = pdfsig(desk.rig.dir, pdf);
    assert.is(said.match(/Signature Validation: Signature is Valid/g)?.length, 3, said);
    assert.is(said.match(/Total document signed/g)?.length, 1, said);

    const wrong = await desk.post("/lookup", { code: application.lookupCode, number: "001190000018" });
    assert.is(wrong.status, 403);
    const fetched = await desk.download(application.lookupCode, NUMBER);
    assert.ok(typeof fetched !== "string" && Buffer.from(fetched).equals(pdf), "the same file");

    const checked = await (await desk.upload("/verify", "file", pdf)).text();
    assert.match(checked, "Bản sao này đang có giá trị");
    assert.match(checked, createHash("sha256").update(pdf).digest("hex"));
    assert.match(checked, "15, quyển số 01-SCT/BS");
    const changed = pdf.slice();
    const at = Math.floor(pdf.length / 3);
    changed[at] = (changed[at] ?? 0) ^ 1;
    const told = await (await desk.upload("/verify", "file", changed)).text();
    assert.not.match(told, "Bản sao này đang có giá trị");
    assert.match(told, "không phải là một bản trong sổ");

    assert.match(await desk.page(`/verify?code=${application.lookupCode}`), "Bản sao này đang có giá trị");
    assert.is((await desk.post(`/copies/${id}/revocation`, { reason: "Sai số chứng thực" })).status, 303);
    assert.is((await desk.post(`/copies/${id}/revocation`, { reason: "again" })).status, 409);
    for (const where of [
      await desk.page(`/verify?code=${application.lookupCode}`),
      await (await desk.upload("/verify", "file", pdf)).text(),
      String(await desk.download(application.lookupCode, NUMBER)),
    ])
      assert.match(where, /Đã bị thu hồi[\s\S]*Sai số chứng thực/);
    // A copy that was revoked may be followed by a new one.
    assert.is((await desk.start(application, "16")).status, 303);
  }));

test("a number is given once in a book, a paper is certified once, and a number that was cancelled is free again", () =>
  Desk.with(async (desk) => {
    const [first, second] = [await desk.submit(), await desk.submit()];
    const answers = await Promise.all([desk.start(first, "7"), desk.start(second, "7")]);
    assert.equal(answers.map(({ status }) => status).sort(), [303, 409]);
    const refused = answers.find(({ status }) => status === 409);
    assert.match((await refused?.text()) ?? "", "Số 7 quyển 01-SCT/BS đã được dùng");
    const [had, hadNot] = answers[0]?.status === 303 ? [first, second] : [second, first];
    assert.is((await desk.start(had, "8")).status, 409, "this paper is being certified");
    const cancelled = await desk.certification(had);
    assert.is((await desk.post(`/certifications/${cancelled}/cancel`, {})).status, 303);
    assert.is((await desk.post(`/certifications/${cancelled}/sign`, { signer: "officer" })).status, 409);
    const id = await desk.certify(hadNot, "7");
    assert.is(
      (await desk.post(`/certifications/${id}/cancel`, {})).status,
      409,
      "what is out is revoked instead",
    );
    assert.is((await desk.start(had, "7")).status, 409, "taken for good");
    const bad = await desk.post(`/applications/${had.id}/papers/0/certification`, { registerNumber: "9" });
    assert.is(bad.status, 400);
    assert.is((await desk.post(`/applications/${had.id}/papers/5/certification`, {})).status, 400);
  }));

test.run();
