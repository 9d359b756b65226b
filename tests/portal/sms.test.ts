// Does a code go from a kiosk's question over broker, portal and a real Kannel to a phone, and come back as proof?
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { PORTAL_MIGRATIONS } from "../../src/portal/migrations.js";
import { SETTINGS_FILE } from "../../src/portal/settings.js";
import { openDatabase } from "../../src/store/database.js";
import { loadPortalPublicKeys, PORTAL_PUBLIC_KEYS_FILE } from "../../src/sync/protocol/keys.js";
import { type CodeMessage, topics } from "../../src/sync/protocol/messages.js";
import { sealQuestion } from "../../src/sync/protocol/seal.js";
import { KIOSK, until } from "../sync/rig.js";
import { Stranger } from "../wire/mosquitto.js";
import { Desk } from "./desk.js";
import { hasKannel, Kannel, PASSWORD } from "./kannel.js";

const PHONE = "+84987654321";
const WAIT_MS = 60_000;

const settings = (url: string, reportUrl?: string): string => `[sms]
url = "${url}"
username = "portal"
passwordFile = "sms.password"
sender = "MOTCUA"
${reportUrl === undefined ? "" : `reportUrl = "${reportUrl}"`}
`;

const ask = async ({ rig }: Desk, asks: "send" | "try", text: string, to?: string): Promise<CodeMessage> => {
  const id = randomUUID();
  const [key] = loadPortalPublicKeys(join(rig.portalDir, PORTAL_PUBLIC_KEYS_FILE));
  const reference = to ?? id;
  const sealed = await sealQuestion(text, key, { kiosk: KIOSK, id, asks, reference });
  const wish = { v: 1, id, asks, reference, portalKeyId: key.id } as const;
  const answer = await rig.link?.askCode?.(
    { ...wish, sealed: Buffer.from(sealed).toString("base64") },
    WAIT_MS,
  );
  if (answer === undefined) throw new Error("no link");
  return answer;
};

/** `url`: what the portal takes for the gateway. */
const withDesk = (url: string, act: (desk: Desk) => Promise<void>): Promise<void> =>
  Desk.with(act, (rig) => {
    writeFileSync(join(rig.portalDir, "sms.password"), `${PASSWORD}\n`, { mode: 0o600 });
    return settings(url);
  });

/** Once the portal hears kiosks: it says so after it has subscribed, and a question before that is lost. */
const portalHears = async ({ rig }: Desk): Promise<void> => {
  const stranger = await Stranger.connect(rig.broker.url, topics.portal);
  await until("the portal hears", () => stranger.jsonOf(topics.portal).at(-1)?.["online"] === true, WAIT_MS);
  stranger.close();
  await until("the link is up", () => rig.link?.state === "up", WAIT_MS);
};

/** Where reports go is known once the portal has a port: it starts again on it. */
const again = async (desk: Desk, toml: (url: string) => string): Promise<void> => {
  const { url } = desk;
  await desk.rig.portal?.end("SIGTERM");
  writeFileSync(join(desk.rig.portalDir, SETTINGS_FILE), toml(url));
  await desk.startPortal(Number(new URL(url).port));
  await portalHears(desk);
};

const stateOf = (desk: Desk): string => {
  const { db } = openDatabase(join(desk.rig.portalDir, "portal.db"), PORTAL_MIGRATIONS);
  try {
    return String(db.prepare("SELECT state FROM sms_codes ORDER BY sent_at_ms DESC LIMIT 1").pluck().get());
  } finally {
    db.close();
  }
};

const story = async (desk: Desk, kannel: Kannel): Promise<void> => {
  await again(desk, (url) => settings(kannel.url, url));
  const broker = await Stranger.connect(desk.rig.broker.url, "motcua/#");

  const sent = await ask(desk, "send", PHONE);
  assert.equal([sent.result, sent.triesLeft], ["sent", 5]);
  await until("the phone has it", () => kannel.codeTo(PHONE) !== "", WAIT_MS);
  const [sms] = kannel.received;
  assert.equal([sms?.from, sms?.to], ["MOTCUA", PHONE]);
  assert.match(sms?.text ?? "", /^Ma xac nhan nop ho so: \d{6}\. Co gia tri 5 phut\./);
  const code = kannel.codeTo(PHONE);
  const reference = sent.id;
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
  assert.is((await ask(desk, "try", wrong, reference)).result, "wrong");
  assert.is((await ask(desk, "try", code, reference)).result, "right");

  const form = { phone: "0987654321" };
  const confirmation = { method: "sms", atMs: 0, reference, field: "phone" };
  const proven = await desk.submit({ form, confirmation });
  assert.match(await desk.page(`/applications/${proven.id}`), /đã xác thực người nộp giữ số này/);
  const second = await desk.submit({ form, confirmation });
  assert.match(await desk.page(`/applications/${second.id}`), /cổng KHÔNG có bằng chứng/);
  const plain = await desk.submit({ form });
  assert.match(await desk.page(`/applications/${plain.id}`), /không xác thực người nộp/);

  const audit = await desk.page("/audit", "administrator");
  for (const act of ["sms.begun", "sms.sent", "sms.wrong", "sms.right"]) assert.ok(audit.includes(act), act);
  const carried = broker.heard
    .map(({ topic, payload }) => `${topic} ${payload.toString("latin1")}`)
    .join("\n");
  broker.close();
  assert.ok(carried.includes("/up/code") && carried.includes("/down/code"));
  for (const secret of [code, wrong, "987654321", PASSWORD])
    for (const [where, text] of Object.entries({ carried, audit }))
      assert.not.ok(text.includes(secret), where);
  await desk.rig.portal?.end("SIGTERM");
  assert.is(stateOf(desk), "delivered", "the operator's report came");
  for (const file of ["portal.db", SETTINGS_FILE])
    assert.not.ok(
      readFileSync(join(desk.rig.portalDir, file)).toString("latin1").includes("987654321"),
      file,
    );
};

test("from a kiosk through a real Kannel to a phone and back, as proof that the officer sees", async () => {
  if (!hasKannel) {
    process.stdout.write("skipped: kannel and kannel-extras are not installed here\n");
    return;
  }
  await withDesk("http://127.0.0.1:9/", (desk) => Kannel.with(desk.rig.dir, (kannel) => story(desk, kannel)));
});

test("a gateway that is not there, a wrong password at it, and no gateway at all: each told at once", async () => {
  await withDesk("http://127.0.0.1:9/", async (desk) => {
    await portalHears(desk);
    assert.is((await ask(desk, "send", PHONE)).result, "gatewayDown");
    assert.is((await fetch(`${desk.url}/api/sms/reports/${"0".repeat(32)}?type=1`)).status, 404);
    assert.is((await fetch(`${desk.url}/api/sms/reports/x?type=1`)).status, 404);
  });
  await Desk.with(async (desk) => {
    await portalHears(desk);
    assert.is((await ask(desk, "send", PHONE)).result, "noGateway");
  });
  if (!hasKannel) return;
  await withDesk("http://127.0.0.1:9/", (desk) =>
    Kannel.with(desk.rig.dir, async (kannel) => {
      writeFileSync(join(desk.rig.portalDir, "sms.password"), "another\n", { mode: 0o600 });
      await again(desk, (url) => settings(kannel.url, url));
      assert.is((await ask(desk, "send", PHONE)).result, "gatewayDown");
      assert.is(kannel.received.length, 0);
    }),
  );
});

test.run();
