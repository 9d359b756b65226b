// What does the public page say of anything that somebody may upload, and what does it cost the portal?
import { request } from "node:http";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { boundaryOf, parseForm } from "../../src/portal/public/multipart.js";
import { Desk } from "./desk.js";

const MEGABYTE = 1024 * 1024;

/** Sends a form of this many bytes without ever holding it; resolves with the answer's status, or null. */
const flood = (url: string, bytes: number): Promise<number | null> =>
  new Promise((resolve) => {
    const call = request(`${url}/verify`, {
      method: "POST",
      headers: { origin: url, "content-type": "multipart/form-data; boundary=x" },
    });
    call.once("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    // A server that has heard enough may close before everything was sent.
    call.once("error", () => resolve(null));
    call.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n');
    const piece = Buffer.alloc(MEGABYTE, 0x41);
    let left = bytes;
    const more = (): void => {
      while (left > 0) {
        left -= piece.length;
        if (!call.write(piece)) {
          call.once("drain", more);
          return;
        }
      }
      call.end("\r\n--x--\r\n");
    };
    more();
  });

test("a scan that nobody certified says so; no PDF, no file, no form: one plain sentence each", () =>
  Desk.with(async (desk) => {
    const scan = await desk.scan("0b6d8a0e-6c1f-4c53-9a52-3f9d7a1c2b10", "MC1:ABCD-EFGH-JKMN-PQRS");
    const said = await (await desk.upload("/verify", "file", scan)).text();
    assert.match(said, "T01");
    assert.not.match(said, "Bản sao này đang có giá trị");
    assert.match(said, "không phải là một bản trong sổ");
    for (const bytes of [
      new TextEncoder().encode("a cat"),
      scan.subarray(0, scan.length / 2),
      new Uint8Array(5000),
    ]) {
      const answer = await desk.upload("/verify", "file", bytes);
      assert.is(answer.status, 200);
      assert.match(await answer.text(), 'class="big bad"');
    }
    assert.is((await desk.upload("/verify", "other", scan)).status, 400, "no file");
    assert.is((await desk.upload("/verify", "file", new Uint8Array(0))).status, 400, "an empty one");
    assert.is((await desk.post("/verify", { file: "x" })).status, 415);
    const strange = await fetch(`${desk.url}/verify`, {
      method: "POST",
      headers: { origin: "http://evil.example" },
    });
    assert.is(strange.status, 403);
    assert.is((await fetch(`${desk.url}/verify?code=0000-0000-0000-0000`)).status, 404);
    const odd = await desk.page("/verify?code=%22%3E%3Cscript%3E");
    assert.not.match(odd, "<script>");
  }));

test("a flood costs one answer: too large is told, the third at once waits its turn, and the portal serves on", () =>
  Desk.with(async (desk) => {
    const status = await flood(desk.url, 70 * MEGABYTE);
    assert.ok(status === 413 || status === null, `answered ${status}`);
    const open = Array.from({ length: 2 }, () => {
      const call = request(`${desk.url}/verify`, {
        method: "POST",
        headers: { origin: desk.url, "content-type": "multipart/form-data; boundary=x" },
      });
      call.on("error", () => {});
      call.write("--x\r\n");
      return call;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.is((await desk.upload("/verify", "file", new Uint8Array(10))).status, 503);
    assert.is((await fetch(`${desk.url}/lookup`)).status, 200, "nothing else waits");
    for (const call of open) call.destroy();
    for (let tries = 0; tries < 40; tries += 1) {
      if ((await desk.upload("/verify", "file", new Uint8Array(10))).status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.unreachable("places are given back when a sender goes away");
  }));

test("forms with files are read as RFC 7578 has them, and nothing else is", () => {
  const body = (text: string) => Buffer.from(text.replaceAll("\n", "\r\n"), "latin1");
  assert.is(boundaryOf('multipart/form-data; boundary="a b"'), "a b");
  assert.is(boundaryOf("multipart/form-data; charset=utf-8; boundary=xyz"), "xyz");
  assert.is(boundaryOf(`multipart/form-data; boundary=${"x".repeat(71)}`), undefined);
  assert.is(boundaryOf("text/plain; boundary=x"), undefined);
  const good = body(
    '--x\ncontent-disposition: form-data; name="a"\n\n1\n--x\ncontent-disposition: form-data; filename="f"; name="b"\ncontent-type: x/y\n\nA\n--xB\n--x--\n',
  );
  const parts = parseForm(good, "x");
  assert.equal(
    parts?.map(({ name, fileName, bytes }) => [name, fileName, Buffer.from(bytes).toString()]),
    undefined,
    "a line that begins like the boundary and is none has no place in a form of ours",
  );
  const plain = body('--x\ncontent-disposition: form-data; filename="f"; name="b"\n\nA\n--yB\n--x--\n');
  assert.equal(
    parseForm(plain, "x")?.map(({ name, fileName, bytes }) => [
      name,
      fileName,
      Buffer.from(bytes).toString(),
    ]),
    [["b", "f", "A\r\n--yB"]],
  );
  for (const text of [
    "",
    "--x",
    "--x--x",
    "--x\n\n--x--",
    '--x\ncontent-disposition: form-data; name="a"\n\nno end',
  ])
    assert.is(parseForm(body(text), "x")?.length ?? 0, 0, text);
});

test.run();
