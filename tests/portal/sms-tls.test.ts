// Does the portal hand messages to a gateway over TLS of its own authority, and to nobody who only says that he is it?
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KannelGateway } from "../../src/portal/sms/gateway.js";
import { until } from "../sync/rig.js";
import { hasKannel, Kannel, type KannelTls, PASSWORD } from "./kannel.js";
import { makeTestTls } from "./tls.js";

const PHONE = "+84987654321";
const dir = mkdtempSync(join(tmpdir(), "motcua-sms-tls-"));
test.after(() => rmSync(dir, { recursive: true, force: true }));

const folder = (name: string): string => {
  const path = join(dir, name);
  mkdirSync(path);
  return path;
};

const filesIn = (path: string): KannelTls => ({
  certificateFile: join(path, "leaf.pem"),
  keyFile: join(path, "leaf.key"),
});

const send = (url: string, caFile?: string) => {
  const passwordFile = join(dir, "sms.password");
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  const limits = { minutes: 5, perNumberAndHour: 3, perKioskAndDay: 200 };
  const gateway = new KannelGateway({
    ...{ url, username: "portal", passwordFile, sender: "MOTCUA", ...limits },
    ...(caFile !== undefined && { caFile }),
  });
  return gateway.send({ to: PHONE, text: "Ma xac nhan: 123456", token: "t" });
};

test("with the gateway's authority named it is believed; without, or with another, nothing of the message leaves", async () => {
  if (!hasKannel) return;
  const right = folder("right");
  const { caFile } = makeTestTls(right);
  const other = makeTestTls(folder("other"));
  await Kannel.with(
    right,
    async (kannel) => {
      assert.match(kannel.url, /^https:/);
      const taken = await send(kannel.url, caFile);
      assert.is(taken.taken, true, taken.detail);
      await until("the phone has it", () => kannel.received.length === 1, 60_000);
      assert.is(kannel.codeTo(PHONE), "123456");
      for (const wrong of [undefined, other.caFile]) {
        const refused = await send(kannel.url, wrong);
        assert.equal(
          [refused.taken, /CERT|VERIFY|ISSUER/.test(refused.detail)],
          [false, true],
          refused.detail,
        );
      }
      const plain = await send(kannel.url.replace("https:", "http:"));
      assert.is(plain.taken, false);
      assert.is(kannel.received.length, 1, "nothing else was handed over");
    },
    filesIn(right),
  );
});

test("a certificate of the right authority for another name is not the gateway's", async () => {
  if (!hasKannel) return;
  const path = folder("name");
  const { caFile } = makeTestTls(path, "DNS:gateway.example");
  await Kannel.with(
    path,
    async (kannel) => {
      const refused = await send(kannel.url, caFile);
      assert.equal([refused.taken, refused.detail], [false, "ERR_TLS_CERT_ALTNAME_INVALID"]);
      assert.is(kannel.received.length, 0);
    },
    filesIn(path),
  );
});

test.run();
