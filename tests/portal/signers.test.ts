// May the keys lie on tokens, in files, or nowhere near the portal, and is each signature judged before it counts?
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { buildCms } from "../../src/documents/cms.js";
import { loadPortalSettings } from "../../src/portal/settings.js";
import type { Rig } from "../sync/rig.js";
import { type Application, Desk, NUMBER, pdfsig } from "./desk.js";
import { withFolder } from "./holdings.js";
import { believe, newAuthority, newPerson, onToken, type Person, SOFTHSM } from "./signers.js";

const PIN = "73519284";

interface Cast {
  officer: Person | null;
  agency: Person | null;
  stranger: Person | null;
}

const people = async (rig: Rig): Promise<Cast> => {
  const [officers, agencies, others] = [
    await newAuthority("Officers (made up)"),
    await newAuthority("Agencies (made up)"),
    await newAuthority("Others (made up)"),
  ];
  believe(rig.portalDir, "officers", officers);
  believe(rig.portalDir, "agencies", agencies);
  const dir = join(rig.dir, "people");
  return {
    officer: await newPerson(dir, "officer", officers),
    agency: await newPerson(dir, "agency", agencies),
    stranger: await newPerson(dir, "stranger", others),
  };
};

const whole = (cast: Cast): { officer: Person; agency: Person; stranger: Person } => {
  const { officer, agency, stranger } = cast;
  if (officer === null || agency === null || stranger === null) throw new Error("nobody is there");
  return { officer, agency, stranger };
};

const everyFile = (dir: string): readonly string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

test("a token for the officer, a key file for the agency: the PIN is asked each time and is nowhere afterwards", () =>
  Desk.with(
    async (desk) => {
      const application = await desk.submit();
      const page = `/applications/${application.id}`;
      await desk.start(application, "1");
      const id = await desk.certification(application);
      assert.match(await desk.page(page), 'type="password" name="pin"');
      const sign = (signer: string, pin: string) => desk.post(`/certifications/${id}/sign`, { signer, pin });
      const wrong = await sign("officer", "00000000");
      assert.is(wrong.status, 403);
      assert.match(await wrong.text(), "Mã PIN không đúng");
      assert.match(
        await desk.page(page),
        "The PIN is wrong",
        "it stands in the journal of this certification",
      );
      assert.is((await sign("officer", PIN)).status, 303);
      assert.not.match(await desk.page(page), "THỬ NGHIỆM");
      assert.is((await sign("agency", "")).status, 303);
      const pdf = await desk.download(application.lookupCode, NUMBER);
      assert.ok(typeof pdf !== "string");
      assert.is(pdfsig(desk.rig.dir, pdf as Uint8Array).match(/Signature is Valid/g)?.length, 3);
      const leaks = everyFile(desk.rig.portalDir).filter((file) => readFileSync(file).includes(PIN));
      assert.equal(leaks, [], "no file of the portal holds the PIN");
    },
    async (rig) => {
      const { officer, agency } = whole(await people(rig));
      onToken(rig.dir, "officer-token", PIN, officer);
      return `[signing]\nauthority = "UBND xã Thử"
officer = { kind = "token", module = "${SOFTHSM}", token = "officer-token", keyLabel = "officer-token", certificatesFile = "${officer.certificatesFile}" }
agency = { kind = "file", keyFile = "${agency.keyFile}", certificatesFile = "${agency.certificatesFile}" }\n`;
    },
  ));

interface Digest {
  readonly digest: string;
  readonly signer: string;
}

/** Takes the digest out, signs it with `by`, and brings the CMS back as `put` likes it. */
const elsewhere = async (
  desk: Desk,
  id: string,
  by: Person,
  put: (cms: Uint8Array) => Promise<Response>,
): Promise<Response> => {
  const out = (await (await desk.fetch(`/certifications/${id}/digest.json`)).json()) as Digest;
  const { cms } = await buildCms(Buffer.from(out.digest, "hex"), by.key);
  return put(cms);
};

test("no key at the portal: the digest goes out, the CMS comes in, and only the right one", async () => {
  let cast: Cast = { officer: null, agency: null, stranger: null };
  await Desk.with(
    async (desk) => {
      const { officer, agency, stranger } = whole(cast);
      const application: Application = await desk.submit();
      await desk.start(application, "1");
      const id = await desk.certification(application);
      const upload = (cms: Uint8Array) => desk.upload(`/certifications/${id}/cms`, "cms", cms);
      const awaiting = (signer: string) => desk.post(`/certifications/${id}/digest`, { signer });

      assert.is(
        (await desk.post(`/certifications/${id}/sign`, { signer: "officer" })).status,
        409,
        "no key here",
      );
      assert.is((await upload(new Uint8Array([0x30, 0]))).status, 409, "nothing is awaited");
      assert.is((await awaiting("agency")).status, 409, "the officer is first");
      assert.is((await awaiting("officer")).status, 303);
      assert.is((await upload(new TextEncoder().encode("no signature"))).status, 400);
      assert.is((await upload(new Uint8Array(200_000).fill(0x30))).status, 400, "too long for a CMS");
      assert.is((await elsewhere(desk, id, stranger, upload)).status, 422, "nobody whom the portal believes");
      assert.is((await elsewhere(desk, id, agency, upload)).status, 422, "competent, and not as the officer");
      const other = await buildCms(new Uint8Array(32).fill(7), officer.key);
      assert.ok((await upload(other.cms)).status >= 400, "a signature of something else");
      assert.is((await elsewhere(desk, id, officer, upload)).status, 303);
      assert.is(
        (await elsewhere(desk, id, officer, upload).catch(() => ({ status: 404 }))).status,
        404,
        "once",
      );

      assert.is((await awaiting("agency")).status, 303);
      const pasted = async (cms: Uint8Array) => {
        const text = Buffer.from(cms)
          .toString("base64")
          .replace(/(.{64})/g, "$1\n");
        const body = new FormData();
        body.set("text", `-----BEGIN CMS-----\n${text}\n-----END CMS-----\n`);
        return desk.fetch(`/certifications/${id}/cms`, { method: "POST", body }, "agency");
      };
      // The portal's process may end while the CMS is being made elsewhere.
      const { url } = desk;
      await desk.rig.portal?.end("SIGKILL");
      await desk.startPortal(Number(new URL(url).port));
      assert.is((await elsewhere(desk, id, agency, pasted)).status, 303);
      const pdf = await desk.download(application.lookupCode, NUMBER);
      assert.ok(typeof pdf !== "string");
      assert.is(pdfsig(desk.rig.dir, pdf as Uint8Array).match(/Signature is Valid/g)?.length, 3);
    },
    async (rig) => {
      cast = await people(rig);
      return `[signing]\nauthority = "UBND xã Thử"\nofficer = { kind = "deferred" }\nagency = { kind = "deferred" }\n`;
    },
  );
});

test("settings that can not work are told with their key", () =>
  withFolder(async (dir) => {
    const told = (toml: string): string => {
      writeFileSync(join(dir, "portal.toml"), toml);
      try {
        return JSON.stringify(loadPortalSettings(dir));
      } catch (thrown) {
        return String(thrown);
      }
    };
    assert.match(told("[signing]\nauthority = 1\n"), "signing.authority: ");
    assert.match(told("[singing]\n"), "singing");
    assert.match(told("signing = "), "portal.toml");
    const mail = `[mail]\nhost = "h"\nport = 25\nsecurity = "none"\nfrom = "a@b.example"\nsend = "pdf"\n`;
    assert.match(told(mail), "mail: needs publicUrl");
    const found = told(`publicUrl = "https://p.example"\n${mail}caFile = "ca.pem"\n`);
    assert.match(found, join(dir, "ca.pem"), "paths are told from the portal's folder");
  }));

test.run();
