// What stands behind a fleet in the bench: one mosquitto, one PostgreSQL, two replicas of the portal, all real?
//
// Plain or with mutual TLS; the broker's limits are those of the shipped board/ops/mosquitto.conf, with TLS the whole
// file. Kiosks are enrolled by rows at once: by files each costs two flushes of the disk and the rows a commit.
import { generateKeyPairSync } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Broker } from "../../../src/dock/broker.js";
import { issueCertificate } from "../../../src/documents/certificates.js";
import { pemOf } from "../../../src/documents/seal-key.js";
import { readAuthority } from "../../../src/portal/certificates/authority.js";
import { openPostgres } from "../../../src/portal/db/postgres-open.js";
import { PORTAL_DATABASE } from "../../../src/portal/migrations.js";
import { SETTINGS_FILE } from "../../../src/portal/settings.js";
import { loadPortalKeys, PORTAL_PUBLIC_KEYS_FILE } from "../../../src/sync/protocol/keys.js";
import { Postgres } from "../../portal/postgres.js";
import { TlsRig } from "../../sync/tls-rig.js";
import { type Started, startCommand } from "../../wire/command.js";
import { startBroker } from "../../wire/mosquitto.js";
import { familyOf, type Part } from "./load.js";
import type { KioskSeed, KiosksStart } from "./messages.js";

const REPLICAS = ["a", "b"] as const;
const START_MS = 300_000;
const DAY_MS = 86_400_000;
const ROWS_A_TIME = 1_000;
/** Of board/ops/mosquitto.conf. */
const LIMITS = [
  "max_packet_size 400000",
  "max_inflight_messages 20",
  "max_queued_messages 200000",
  "max_queued_bytes 268435456",
  "autosave_interval 60",
].join("\n");

/** Of clientAuth (RFC 5280, 4.2.1.12). */
const CLIENT_USAGE = "1.3.6.1.5.5.7.3.2";

interface Ground {
  readonly portalDir: string;
  readonly broker: Broker;
  readonly kioskUrl: string;
  readonly portalUrl: string;
  /** PEM; null without TLS. */
  readonly authorityFile: string | null;
}

const plainGround = async (dir: string): Promise<Ground> => {
  const broker = await startBroker(dir, LIMITS);
  const portalDir = join(dir, "state", "portal");
  mkdirSync(portalDir, { recursive: true, mode: 0o700 });
  return { portalDir, broker, kioskUrl: broker.url, portalUrl: broker.url, authorityFile: null };
};

const tlsGround = (rig: TlsRig): Ground => {
  if (rig.broker === null) throw new Error("the broker does not run");
  // The rig's certificates are given; its rows are of no use to portals on PostgreSQL.
  for (const name of [PORTAL_DATABASE, `${PORTAL_DATABASE}-wal`, `${PORTAL_DATABASE}-shm`])
    rmSync(join(rig.portalDir, name), { force: true });
  return {
    ...{ portalDir: rig.portalDir, broker: rig.broker, kioskUrl: rig.url },
    ...{ portalUrl: rig.portalBrokerUrl, authorityFile: rig.authority },
  };
};

export class House {
  readonly #ground: Ground;
  readonly #postgres: Postgres;
  readonly #replicas: Started[] = [];
  #kiosks: readonly KioskSeed[] = [];

  private constructor(ground: Ground, postgres: Postgres) {
    this.#ground = ground;
    this.#postgres = postgres;
    appendFileSync(join(ground.portalDir, SETTINGS_FILE), `\n${postgres.toml}`);
    loadPortalKeys(ground.portalDir);
  }

  static async with(tls: boolean, kiosks: number, act: (house: House) => Promise<void>): Promise<void> {
    await Postgres.with(async (postgres) => {
      if (tls) {
        await TlsRig.with((rig) => House.#on(tlsGround(rig), postgres, kiosks, act));
        return;
      }
      const dir = mkdtempSync(join(tmpdir(), "motcua-fleet-"));
      let ground: Ground | null = null;
      try {
        ground = await plainGround(dir);
        await House.#on(ground, postgres, kiosks, act);
      } finally {
        await ground?.broker.close();
        rmSync(dir, { recursive: true, force: true });
      }
    });
  }

  static async #on(
    ground: Ground,
    postgres: Postgres,
    kiosks: number,
    act: (house: House) => Promise<void>,
  ): Promise<void> {
    const house = new House(ground, postgres);
    // Before the replicas are there: they tell how many there are when they connect.
    openPostgres(postgres.settings, { application: "bench", present: false }).close();
    house.#kiosks = await house.#enrol(kiosks);
    try {
      for (const name of REPLICAS) await house.#startReplica(name);
      await act(house);
    } finally {
      await house.#stopReplicas();
    }
  }

  get broker(): Broker {
    return this.#ground.broker;
  }

  get portalDir(): string {
    return this.#ground.portalDir;
  }

  get parts(): readonly Part[] {
    return [
      { name: "broker", pids: () => [this.broker.pid] },
      { name: "replicas", pids: () => this.#replicas.flatMap(({ child }) => child.pid ?? []) },
      { name: "database", pids: () => familyOf(this.#postgres.pid) },
    ];
  }

  /** How each process of kiosks starts with its part of them. */
  starts(processes: number, pageBytes: readonly number[]): readonly KiosksStart[] {
    const kiosks = this.#kiosks;
    const { kioskUrl: url, portalDir, authorityFile } = this.#ground;
    const size = Math.ceil(kiosks.length / processes);
    return Array.from({ length: processes }, (_, place) => ({
      ...{ url, pageBytes, kiosks: kiosks.slice(place * size, (place + 1) * size) },
      portalKeysFile: join(portalDir, PORTAL_PUBLIC_KEYS_FILE),
      ...(authorityFile !== null && { caPem: readFileSync(authorityFile, "utf8") }),
    }));
  }

  /** By the database's own word. `rowBytes`: of an application, with its indexes. */
  async taken(): Promise<{
    readonly applications: number;
    readonly rowBytes: number;
    readonly stagedBytes: number;
  }> {
    const [row] = await this.#postgres.query(
      `SELECT count(*)::int AS taken, pg_total_relation_size('applications')::bigint AS bytes,
        pg_total_relation_size('staged_chunks')::bigint AS staged FROM applications`,
    );
    const applications = Number(row?.["taken"]);
    return {
      ...{ applications, rowBytes: Number(row?.["bytes"]) / Math.max(1, applications) },
      stagedBytes: Number(row?.["staged"]),
    };
  }

  async #enrol(count: number): Promise<readonly KioskSeed[]> {
    const authority = this.#ground.authorityFile === null ? null : readAuthority(this.portalDir);
    const seeds: KioskSeed[] = [];
    const rows: { id: string; pem: string }[] = [];
    for (let number = 1; number <= count; number += 1) {
      const id = `F${String(number).padStart(5, "0")}`;
      const { privateKey, publicKey } = generateKeyPairSync("ed25519");
      rows.push({ id, pem: publicKey.export({ type: "spki", format: "pem" }).toString() });
      const deviceKeyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
      const tls = authority === null ? undefined : await certificateFor(id, authority);
      seeds.push({ id, deviceKeyPem, ...(tls && { tls }) });
    }
    for (let from = 0; from < rows.length; from += ROWS_A_TIME) {
      const some = rows.slice(from, from + ROWS_A_TIME);
      await this.#postgres.query(
        "INSERT INTO kiosks (id, public_key_pem, enrolled_at_ms) SELECT id, pem, 1 FROM unnest($1::text[], $2::text[]) AS t (id, pem)",
        [some.map(({ id }) => id), some.map(({ pem }) => pem)],
      );
    }
    return seeds;
  }

  async #startReplica(name: string): Promise<void> {
    const { portalDir, portalUrl } = this.#ground;
    const state = join(portalDir, "..");
    const replica = startCommand(
      ["portal", "--state", state, "--broker", portalUrl, "--port", "0", "--replica", name],
      { env: { MOTCUA_SETUP: "done" } },
    );
    this.#replicas.push(replica);
    await replica.until(/ready\n/, START_MS);
  }

  async #stopReplicas(): Promise<void> {
    for (const { child } of this.#replicas) child.kill("SIGTERM");
    await Promise.all(
      this.#replicas.map(async ({ child, ended }) => {
        const kill = setTimeout(() => child.kill("SIGKILL"), 30_000);
        await ended;
        clearTimeout(kill);
      }),
    );
  }
}

const certificateFor = async (
  id: string,
  authority: ReturnType<typeof readAuthority>,
): Promise<{ readonly key: string; readonly cert: string }> => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const der = await issueCertificate(authority, {
    subject: { commonName: id },
    publicKey: new Uint8Array(publicKey.export({ type: "spki", format: "der" })),
    validity: { fromMs: Date.now() - DAY_MS, toMs: Date.now() + DAY_MS },
    extendedKeyUsage: [CLIENT_USAGE],
  });
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert: pemOf([der]) };
};
