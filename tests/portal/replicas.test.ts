// Do several replicas of the portal do everything once between them, whoever of them dies?
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { Pii } from "../../src/core/pii.js";
import type { Broker } from "../../src/dock/broker.js";
import { accountCommand } from "../../src/portal/access/account-command.js";
import { Audit } from "../../src/portal/access/audit.js";
import { openPostgres } from "../../src/portal/db/postgres-open.js";
import { enrolByFile } from "../../src/portal/enrolment.js";
import { SETTINGS_FILE } from "../../src/portal/settings.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { SealedSubmission, Store } from "../../src/store/store.js";
import { type Link, startLink } from "../../src/sync/link.js";
import {
  loadDeviceKey,
  loadPortalKeys,
  loadPortalPublicKeys,
  PORTAL_PUBLIC_KEYS_FILE,
} from "../../src/sync/protocol/keys.js";
import { hashLookupCode, newLookupCode } from "../../src/sync/protocol/lookup-code.js";
import { topics } from "../../src/sync/protocol/messages.js";
import { sealSubmission } from "../../src/sync/protocol/submission.js";
import { testClock } from "../store/fixtures.js";
import { contentOf, PortalProcess, QUICK, until } from "../sync/rig.js";
import { brokerRules, canHaveRules, urlAs } from "../wire/broker-rules.js";
import { Stranger, startBroker } from "../wire/mosquitto.js";
import { NAMES, PASSWORD } from "./people.js";
import { Postgres } from "./postgres.js";

const REPLICA = fileURLToPath(new URL("./replica-process.js", import.meta.url));
const CAPACITY = 1;
const LIMIT_MS = 180_000;

class Kiosk {
  readonly store: Store;
  readonly sent: SealedSubmission[] = [];
  readonly #id: string;
  readonly #house: House;
  readonly #key: ReturnType<typeof loadDeviceKey>;
  link: Link | null = null;

  constructor(id: string, house: House) {
    this.#id = id;
    this.#house = house;
    this.#key = loadDeviceKey(join(house.dir, `${id}.pem`));
    enrolByFile(house.portalDir, id, this.#key.publicKeyPem);
    this.store = openStore({ dir: join(house.dir, id), clock: testClock, log: silentLog });
  }

  connect(): void {
    this.link = startLink({
      ...{ store: this.store, kioskId: this.#id, url: this.#house.urlAs(this.#id), clock: testClock },
      ...{ log: silentLog, version: "test", timings: QUICK },
      telemetry: () => ({ paper: "enough", door: "closed", temperature: 31 }),
    });
  }

  async enqueue(...pageBytes: readonly number[]): Promise<SealedSubmission> {
    const sequence = this.store.outbox.reserveSequence();
    const [portal] = loadPortalPublicKeys(join(this.#house.portalDir, PORTAL_PUBLIC_KEYS_FILE));
    const sealed = await sealSubmission(
      {
        ...{ kiosk: this.#id, submissionId: randomUUID(), sequence },
        slipNumber: `${this.#id}-${String(sequence).padStart(6, "0")}`,
        lookupHash: hashLookupCode(newLookupCode()),
        content: new Pii(contentOf(pageBytes.length)),
        pages: pageBytes.map((size) => new Pii({ mediaType: "image/jpeg", bytes: randomBytes(size) })),
        wall: testClock.wall(),
      },
      { device: this.#key, portal },
    );
    this.store.outbox.enqueue(sealed);
    this.sent.push(sealed);
    return sealed;
  }

  async close(): Promise<void> {
    await this.link?.close();
    this.store.close();
  }
}

/** One broker, one PostgreSQL, one portal folder; replicas and kiosks as they come. */
class House {
  readonly dir: string;
  readonly portalDir: string;
  readonly broker: Broker;
  readonly postgres: Postgres;
  readonly #replicas: PortalProcess[] = [];
  readonly #kiosks: Kiosk[] = [];

  private constructor(dir: string, broker: Broker, postgres: Postgres) {
    this.dir = dir;
    this.portalDir = join(dir, "portal");
    this.broker = broker;
    this.postgres = postgres;
    mkdirSync(this.portalDir, { mode: 0o700 });
    writeFileSync(join(this.portalDir, SETTINGS_FILE), postgres.toml);
    loadPortalKeys(this.portalDir);
  }

  static with(act: (house: House) => Promise<void>): Promise<void> {
    return Postgres.with(async (postgres) => {
      const dir = mkdtempSync(join(tmpdir(), "motcua-replicas-"));
      const rules = canHaveRules ? brokerRules(dir, ["T01", "T02", "portal"]) : "";
      const broker = await startBroker(dir, rules);
      const house = new House(dir, broker, postgres);
      try {
        await act(house);
      } finally {
        for (const kiosk of house.#kiosks) await kiosk.close();
        for (const replica of house.#replicas) await replica.end("SIGKILL");
        await broker.close();
        rmSync(dir, { recursive: true, force: true });
      }
    });
  }

  /** With the rules that we give out for brokers. */
  urlAs(user: string): string {
    return canHaveRules ? urlAs(user, this.broker.url) : this.broker.url;
  }

  kiosk(id: string): Kiosk {
    const kiosk = new Kiosk(id, this);
    this.#kiosks.push(kiosk);
    return kiosk;
  }

  async replica(): Promise<PortalProcess> {
    const replica = await PortalProcess.start(this.portalDir, this.urlAs("portal"), 0, REPLICA);
    this.#replicas.push(replica);
    return replica;
  }

  /** What the database says, by itself. */
  rows(text: string): Promise<readonly Record<string, unknown>[]> {
    return this.postgres.query(text);
  }
}

const login = (replica: PortalProcess, password: string, name: string = NAMES.officer): Promise<Response> =>
  fetch(`${replica.url}/login`, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded", origin: replica.url },
    body: new URLSearchParams({ name, password, next: "" }),
  });

const assertWhole = async (house: House, kiosks: readonly Kiosk[]) => {
  const taken = await house.rows(
    "SELECT submission, documents, receipt_number, appointment FROM applications",
  );
  const sent = kiosks.flatMap((kiosk) => kiosk.sent.map((one) => ({ kiosk, one })));
  assert.equal(
    taken.map(({ submission }) => String(submission)).sort(),
    sent.map(({ one }) => one.submissionId).sort(),
    "each id once",
  );
  for (const { kiosk, one } of sent) {
    const row = taken.find(({ submission }) => submission === one.submissionId);
    const wanted = one.documents.map(({ sha256 }) => sha256);
    const named = JSON.parse(String(row?.["documents"])) as { sha256: string }[];
    assert.equal(
      named.map(({ sha256 }) => sha256),
      wanted,
    );
    for (const sha256 of wanted) {
      const file = readFileSync(join(house.portalDir, "documents", sha256));
      assert.is(createHash("sha256").update(file).digest("hex"), sha256);
    }
    const status = kiosk.store.outbox.status(one.submissionId);
    assert.is(status?.receiptNumber, row?.["receipt_number"]);
    assert.is(status?.appointment, row?.["appointment"]);
  }
  assert.is(new Set(taken.map((row) => row["receipt_number"])).size, taken.length, "receipts are unique");
  const slots = new Map<string, number>();
  for (const row of taken) {
    const slot = String(row["appointment"]);
    slots.set(slot, (slots.get(slot) ?? 0) + 1);
  }
  assert.ok(Math.max(...slots.values()) <= CAPACITY, "no slot is given oftener than there is room");
  assert.equal(await house.rows("SELECT 1 FROM staged_chunks"), [], "nothing staged is left");
  assert.equal(await house.rows("SELECT 1 FROM incoming"), []);
};

test("a replica killed, PostgreSQL crashed: every submission once, whole, with one receipt", () =>
  House.with(async (house) => {
    const kiosks = [house.kiosk("T01"), house.kiosk("T02")];
    const enqueueAll = async (...sizes: readonly number[]) => {
      for (const kiosk of kiosks) await kiosk.enqueue(...sizes);
    };
    let first = await house.replica();
    await house.replica();
    for (const kiosk of kiosks) kiosk.connect();
    await enqueueAll(1_500_000, 40_000);
    await enqueueAll();
    await new Promise((resolve) => setTimeout(resolve, 60));
    await first.end("SIGKILL");
    await enqueueAll(300_000);
    first = await house.replica();
    await enqueueAll(1_000_000);
    await enqueueAll();
    await new Promise((resolve) => setTimeout(resolve, 60));
    await house.postgres.crash();
    await enqueueAll(20_000);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await house.postgres.start();
    await enqueueAll(700_000, 10);
    await until(
      "all are accepted",
      () => kiosks.every(({ store, sent }) => store.outbox.stats().accepted === sent.length),
      LIMIT_MS,
    );
    await assertWhole(house, kiosks);
    const page = await first.fetch("/audit?verify=yes", {}, "administrator");
    assert.is(page.status, 200);
    const db = openPostgres(house.postgres.settings, { application: "test", present: false });
    const verdict = new Audit(db, () => 0).verify();
    db.close();
    assert.is(verdict.ok, true);
  }));

test("who is logged in at one is so at the other, and wrong passwords count at both", () =>
  House.with(async (house) => {
    const [one, two] = [await house.replica(), await house.replica()];
    const cookie = ((await login(one, PASSWORD)).headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const listOf = (replica: PortalProcess) =>
      fetch(`${replica.url}/api/submissions`, { headers: { cookie }, redirect: "manual" });
    assert.is((await listOf(one)).status, 200);
    assert.is((await listOf(two)).status, 200);
    const statuses: number[] = [];
    for (let turn = 0; turn < 6; turn += 1)
      statuses.push((await login(turn % 2 === 0 ? one : two, "sai")).status);
    assert.equal(statuses, [403, 403, 403, 403, 403, 429]);
    assert.is((await login(one, PASSWORD)).status, 429, "waits count at the other one, too");
    const logout = { method: "POST", headers: { cookie, origin: two.url }, redirect: "manual" } as const;
    assert.is((await fetch(`${two.url}/logout`, logout)).status, 303);
    assert.is((await listOf(one)).status, 401, "out at one is out at both");
  }));

test("an account made on the command line beside them gets in at each", () =>
  House.with(async (house) => {
    const one = await house.replica();
    const said: string[] = [];
    const stdout = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        said.push(chunk.toString());
        done();
      },
    });
    const command = { what: "add", dir: house.portalDir, name: "moi", role: "officer" } as const;
    assert.is(await accountCommand(command, { stdout }), 0);
    const password = /one-time password of moi: (\S+)/.exec(said.join(""))?.[1] ?? "";
    assert.is((await login(one, password, "moi")).status, 303);
    const twice = await accountCommand(command, { stdout }).catch((thrown: Error) => thrown.message);
    assert.match(String(twice), /taken/);
  }));

test("the portal is there for kiosks as long as one replica is, and gone with the last", () =>
  House.with(async (house) => {
    const listener = await Stranger.connect(house.urlAs("T02"), topics.portal);
    const said = () => listener.jsonOf(topics.portal).map((message) => message["online"]);
    const [one, two, three] = [await house.replica(), await house.replica(), await house.replica()];
    await until("all three said so", () => said().length >= 3, LIMIT_MS);
    await one.end("SIGKILL");
    await until(
      "its last will was contradicted",
      () => said().lastIndexOf(false) >= 0 && said().at(-1) === true,
      LIMIT_MS,
    );
    const heard = said().length;
    await two.end("SIGTERM");
    assert.not.ok(
      said().slice(heard).includes(false),
      "who goes in good order says nothing while another is there",
    );
    await three.end("SIGTERM");
    await until("the last one said goodbye", () => said().at(-1) === false, LIMIT_MS);
    listener.close();
  }));

test("a status is told once, by one replica, when its kiosk comes back", () =>
  House.with(async (house) => {
    const kiosk = house.kiosk("T01");
    const listener = await Stranger.connect(house.urlAs("T01"), topics.down("T01", "status"));
    const [one, two] = [await house.replica(), await house.replica()];
    kiosk.connect();
    const sent = await kiosk.enqueue();
    await until("it is accepted", () => kiosk.store.outbox.stats().accepted === 1, LIMIT_MS);
    await kiosk.link?.close();
    const [entry] = await one.submissions();
    assert.is((await two.decide(entry?.id ?? 0, "approve")).status, 200);
    await until(
      "it was announced",
      () => listener.jsonOf(topics.down("T01", "status")).length === 1,
      LIMIT_MS,
    );
    kiosk.connect();
    await until(
      "it is known",
      () => kiosk.store.outbox.status(sent.submissionId)?.state === "approved",
      LIMIT_MS,
    );
    await until(
      "both portals know that",
      async () => (await one.submissions())[0]?.seenRevision === 2,
      LIMIT_MS,
    );
    assert.is(listener.jsonOf(topics.down("T01", "status")).length, 2, "announced, and once at the birth");
    listener.close();
  }));

test.run();
