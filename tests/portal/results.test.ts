// Do certified copies reach the citizen once, and can they be used again the next time?
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hashHolder, hashLookupCode } from "../../src/sync/protocol/lookup-code.js";
import { until } from "../sync/rig.js";
import { Desk, NUMBER } from "./desk.js";
import { MailServer } from "./mail-server.js";
import { makeTestTls } from "./tls.js";
import { CLIENT, WalletPeer } from "./wallet-peer.js";

interface Peers {
  mail: MailServer | null;
  wallet: WalletPeer | null;
}

const withPeers = async (act: (desk: Desk, mail: MailServer, wallet: WalletPeer) => Promise<void>) => {
  const peers: Peers = { mail: null, wallet: null };
  try {
    await Desk.with(
      async (desk) => {
        if (peers.mail !== null && peers.wallet !== null) await act(desk, peers.mail, peers.wallet);
      },
      async ({ dir }) => {
        const tls = makeTestTls(dir);
        peers.mail = await MailServer.start({});
        peers.wallet = await WalletPeer.start(tls);
        writeFileSync(join(dir, "wallet.secret"), CLIENT.secret);
        return `publicUrl = "https://motcua.example"
[mail]
host = "127.0.0.1"
port = ${peers.mail.port}
security = "none"
from = "motcua@xa.example"
send = "pdf"
[wallet]
url = "${peers.wallet.url}"
issuer = "${peers.wallet.issuer}"
discovery = "oidc"
clientId = "${CLIENT.id}"
clientSecretFile = "${join(dir, "wallet.secret")}"
resource = "${peers.wallet.url}"
caFile = "${tls.caFile}"
`;
      },
    );
  } finally {
    await peers.mail?.close();
    await peers.wallet?.close();
  }
};

const FORM = { email: "nguoi.dan@example.vn", wallet: "yes" };

test("one letter in the box and one document in the wallet, over 4xx, lost answers and a kill between send and mark", () =>
  withPeers(async (desk, mail, wallet) => {
    const port = Number(new URL(desk.url).port);
    mail.moods.push({ refuse: 451, words: "4.3.0 later" }, "drop", {
      // The letter is in the box; the portal dies before it hears of it.
      takeAnd: async () => {
        await desk.rig.portal?.end("SIGKILL");
      },
    });
    wallet.troubles.push({ status: 503 }, "takeAndHangUp");
    const application = await desk.submit({ form: FORM });
    await desk.certify(application, "1");
    await until("the portal was killed with the letter out", () => mail.letters.length === 1);
    await desk.startPortal(port);
    await until("it was sent again", () => mail.letters.length === 2);
    const page = () => desk.page(`/applications/${application.id}`);
    await until(
      "both ways are done",
      async () => ((await page()).match(/<b>Đã gửi<\/b>/g) ?? []).length === 2,
    );
    assert.is(mail.inBox, 1, "the same Message-ID: one letter for a box that looks");
    assert.equal(mail.letters[0]?.to, [FORM.email]);
    assert.is(wallet.puts.length, 1);
    assert.is(wallet.puts[0]?.body.holder.value, NUMBER);
    assert.equal(wallet.breaches, []);
    // Nothing more comes after it is done, also over a restart.
    await desk.rig.portal?.end("SIGTERM");
    await desk.startPortal(port);
    assert.is(mail.letters.length, 2);

    for (const file of readdirSync(desk.rig.portalDir, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const bytes = readFileSync(join(file.parentPath, file.name));
      for (const personal of [NUMBER, FORM.email, "Nguyễn Thị Thử"])
        assert.not(bytes.includes(personal), `${file.name} holds nothing personal in the clear`);
    }

    const pdf = await desk.download(application.lookupCode, NUMBER);
    assert.ok(
      typeof pdf !== "string" &&
        mail.letters[1]?.raw.includes(Buffer.from(pdf).toString("base64").slice(0, 60)),
    );
    // The letter asks how content they are: its address opens the question, once.
    const letter = mail.letters[1]?.raw.replace(/=\r?\n/g, "") ?? "";
    const opinion = /\/opinion\/[\w-]{48}/.exec(letter)?.[0] ?? "";
    assert.match(await (await fetch(desk.url + opinion)).text(), /name="stars"/);
    assert.match(await (await desk.post(opinion, { stars: "5" })).text(), /was counted/);
    assert.match(await (await fetch(desk.url + opinion)).text(), /rated before/);
    const id = /\/copies\/([0-9a-f-]{36})\/revocation/.exec(await page())?.[1] ?? "";
    await desk.post(`/copies/${id}/revocation`, { reason: "Sai số" });
    await until("the wallet knows that it is revoked", () => wallet.revocations.length === 1);
    assert.equal(wallet.revocations, [{ document: id, reason: "Sai số" }]);
  }));

test("an application that names neither mail nor wallet is sent nowhere", () =>
  withPeers(async (desk, mail, wallet) => {
    const application = await desk.submit({ form: { email: "", wallet: "no" } });
    await desk.certify(application, "1");
    assert.not.match(await desk.page(`/applications/${application.id}`), "Đang chờ gửi");
    assert.is(mail.attempts + wallet.puts.length, 0);
  }));

const OTHER = "001190000018";

test("a stored copy is found again from a kiosk by code and number, and goes with the next application", () =>
  Desk.with(async (desk) => {
    const first = await desk.submit();
    const { link } = desk.rig;
    const find = (lookupCode: string, number: string) => link?.findStoredCopy({ lookupCode, number }, 5000);
    assert.is(await find(first.lookupCode, NUMBER), null, "not certified yet");
    const id = await desk.certify(first, "1");
    assert.equal(await find(first.lookupCode.toLowerCase(), "001 190 000 017"), {
      ...{ copy: id, paperClass: "birthCertificate", pages: 1, certifiedAt: "2026-11-22", state: "current" },
      title: { vi: "Giấy khai sinh", en: "Birth certificate" },
    });
    assert.is(await find(first.lookupCode, OTHER), null, "somebody else's");
    assert.is(await find("0000-0000-0000-0000", NUMBER), null, "no such code");

    const lookupHash = hashLookupCode(first.lookupCode);
    const stored = (copy?: string) => ({ stored: { lookupHash, ...(copy !== undefined && { copy }) } });
    const seen = async (wish: Parameters<Desk["submit"]>[0]) =>
      desk.page(`/applications/${(await desk.submit(wish)).id}`);
    const good = await seen({ paper: stored(id) });
    assert.match(good, "Bản sao đã lưu được đính kèm thay cho giấy tờ");
    assert.match(good, `/copies/${id}/pictures/0`);
    assert.match(good, "Số 1 quyển 01-SCT/BS");
    assert.is((await desk.fetch(`/copies/${id}/pictures/0`)).headers.get("content-type"), "image/jpeg");
    assert.match(await seen({ paper: stored(), number: OTHER }), "là của người khác");
    assert.match(
      await seen({ paper: { stored: { lookupHash: hashLookupCode("0000-0000-0000-0000") } } }),
      "Không tìm thấy bản sao đã lưu",
    );
    await desk.post(`/copies/${id}/revocation`, { reason: "Sai số" });
    assert.match(await seen({ paper: stored(id) }), "đã bị thu hồi: không còn giá trị");
    assert.is((await find(first.lookupCode, NUMBER))?.state, "revoked");
    assert.match(await desk.page("/applications/2"), "đã bị thu hồi", "also where it was attached before");
  }));

test("through a kiosk numbers are tried no oftener than on the public page", () =>
  Desk.with(async (desk) => {
    const first = await desk.submit();
    await desk.certify(first, "1");
    const find = (number: string) =>
      desk.rig.link?.findStoredCopy({ lookupCode: first.lookupCode, number }, 5000);
    for (let place = 0; place < 5; place += 1) assert.is(await find(`00119000002${place}`), null);
    assert.is(await find(NUMBER), null, "also the right one waits now");
    assert.is(await desk.rig.link?.findStoredCopy({ lookupCode: "x", number: NUMBER }, 5000), null);
  }));

test("neither code nor number can be had from what goes over the wire", () => {
  const code = "MC1:ABCD-EFGH-JKMN-PQRS";
  assert.is(hashHolder(code, "001190000017"), hashHolder("abcdefgh jkmnpqrs", "001 190 000 017"));
  assert.is.not(hashHolder(code, "001190000017"), hashHolder(code, "001190000018"));
  assert.is.not(hashHolder(code, "001190000017"), hashHolder("MC1:ABCD-EFGH-JKMN-PQRT", "001190000017"));
  assert.match(hashHolder(code, "001190000017"), /^[0-9a-f]{64}$/);
});

test.run();
