// How is the reference portal started: the other end that takes applications in, once each?
import { existsSync, mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Clock } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import type { Log } from "../core/log.js";
import { openDatabase } from "../store/database.js";
import { guarded } from "../store/faults.js";
import { takeWriterLock } from "../store/lock.js";
import type { MadeUpAccount } from "./access/accounts.js";
import type { OfficeHours } from "./appointments.js";
import { assemble } from "./assemble.js";
import { ensureSealAuthority, referenceSigner } from "./authority.js";
import type { CourierPlace } from "./courier/watch.js";
import type { PortalDb } from "./db/portal-db.js";
import { type DatabaseSettings, openPostgres } from "./db/postgres-open.js";
import type { DeliveryTimings } from "./deliver/deliveries.js";
import { PORTAL_DATABASE, PORTAL_MIGRATIONS } from "./migrations.js";
import { ALONE, type Peers, PostgresPeers } from "./replicas/peers.js";
import { loadPortalSettings, type PortalSettingsFile, SETTINGS_FILE } from "./settings.js";

export interface PortalOptions {
  readonly dir: string;
  readonly brokerUrl: string;
  /** Where technicians' sticks appear: one stick, or the folder in which they are mounted. */
  readonly courier?: CourierPlace;
  /** 0 takes a free one. */
  readonly port: number;
  /** The loopback, unless said otherwise: TLS is a proxy's. */
  readonly host?: string;
  /** Further names by which the desk may be called, e.g. the proxy's. */
  readonly hostNames?: readonly string[];
  /** For trying out and tests. Such accounts of earlier starts that are not among these are disabled. */
  readonly madeUpAccounts?: readonly MadeUpAccount[];
  readonly hours?: OfficeHours;
  readonly agencyCode?: string;
  /** What this replica is called at the database; the machine's name and the process when absent. */
  readonly replica?: string;
  readonly deliveryTimings?: Partial<DeliveryTimings>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Portal {
  readonly url: string;
  /** True while the portal hears kiosks. */
  readonly brokerUp: boolean;
  /** False: nobody can log in at the desk. */
  readonly hasAccounts: boolean;
  enroll(kioskId: string, publicKeyPem: string): void;
  close(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";

/** Part of a log's file name. */
const REPLICA_NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$/;

const checkReplica = (replica: string | undefined, { database }: PortalSettingsFile): void => {
  if (replica === undefined) return;
  if (!REPLICA_NAME.test(replica))
    throw new FaultError(
      "runtime.internal",
      `replica "${replica}": up to 32 letters, digits, dots and dashes, please`,
    );
  if (database === undefined)
    throw new FaultError(
      "runtime.internal",
      `replica "${replica}": several portals need PostgreSQL; name it as [database] url in ${SETTINGS_FILE}`,
    );
};

const listen = async (app: FastifyInstance, port: number, host: string): Promise<string> => {
  try {
    return await app.listen({ port, host });
  } catch (thrown) {
    const code = String((thrown as { code?: unknown }).code);
    const why = code === "EADDRINUSE" ? "is in use: choose another port" : `can not be opened (${code})`;
    throw new FaultError("runtime.internal", `portal address ${host}:${port} ${why}`, { cause: thrown });
  }
};

interface Opened {
  readonly db: PortalDb;
  readonly peers: Peers;
  /** After `db` is closed. */
  readonly release: () => void;
  /** Started: the next replica may. */
  readonly started: () => void;
}

const openLocked = (dir: string, path: string): Opened =>
  guarded(path, () => {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const release = takeWriterLock(dir);
    try {
      const { db } = openDatabase(path, PORTAL_MIGRATIONS);
      return { db, release, peers: ALONE, started: () => {} };
    } catch (thrown) {
      release();
      throw thrown;
    }
  });

const openShared = async (
  settings: DatabaseSettings,
  path: string,
  { replica, clock }: PortalOptions,
): Promise<Opened> => {
  if (existsSync(path))
    throw new FaultError(
      "store.unwritable",
      `${path}: this portal's applications are in SQLite, and [database] names PostgreSQL, which does not have them; npx motcua portal move brings them over, and without the file it starts empty`,
    );
  const name = replica ?? `${hostname()}-${process.pid}`;
  const db = openPostgres(settings, { application: `motcua portal ${name}`, present: true });
  try {
    const peers = new PostgresPeers(db);
    return { db, peers, release: () => {}, started: await peers.turnToStart(clock) };
  } catch (thrown) {
    db.close();
    throw thrown;
  }
};

/** Keys for trying out are made only where nothing else signs. */
const ownAuthorities = async ({ dir, clock }: PortalOptions, tryingOut: boolean): Promise<void> => {
  const nowMs = clock.wall().epochMs;
  await ensureSealAuthority(dir, nowMs);
  if (!tryingOut) return;
  await referenceSigner(dir, "officer", nowMs);
  await referenceSigner(dir, "agency", nowMs);
};

/** Resolves when the desk answers; the broker may come later. Throws `FaultError` when it can not start. */
export const startPortal = async (given: PortalOptions): Promise<Portal> => {
  const options = { ...given, dir: resolve(given.dir) };
  const path = join(options.dir, PORTAL_DATABASE);
  const settings = loadPortalSettings(options.dir);
  checkReplica(options.replica, settings);
  const opened =
    settings.database === undefined
      ? openLocked(options.dir, path)
      : await openShared(settings.database, path, options);
  const { db, peers, release } = opened;
  try {
    await ownAuthorities(options, settings.signing === undefined);
    const { accounts, enrolment, seals, intake, link, deliveries, app, courier, births, releases } = guarded(
      path,
      () => assemble(db, { ...options, settings, peers }),
    );
    const close = async () => {
      births.close();
      releases.close();
      await courier?.close();
      await link.close();
      await deliveries.close();
      await app.close();
      intake.close();
      await intake.idle();
      db.close();
      release();
    };
    const url = await listen(app, options.port, options.host ?? LOOPBACK).catch(async (thrown: unknown) => {
      await close();
      throw thrown;
    });
    await seals.answerAll();
    opened.started();
    options.log("portal.started", { url });
    return {
      url,
      get brokerUp() {
        return link.isUp;
      },
      get hasAccounts() {
        return accounts.all().some(({ disabled }) => !disabled);
      },
      enroll: (kioskId, publicKeyPem) => enrolment.enroll(kioskId, publicKeyPem),
      close,
    };
  } catch (thrown) {
    if (db.open) {
      db.close();
      release();
    }
    throw thrown;
  }
};
