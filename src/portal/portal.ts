// How is the reference portal started: the other end that takes applications in, once each?
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Clock } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import type { Log } from "../core/log.js";
import { type Db, openDatabase } from "../store/database.js";
import { guarded } from "../store/faults.js";
import { takeWriterLock } from "../store/lock.js";
import { loadPortalKeys } from "../sync/protocol/keys.js";
import { OFFICE_HOURS, type OfficeHours } from "./appointments.js";
import { buildDesk } from "./desk.js";
import { Enrolment } from "./enrolment.js";
import { Fleet } from "./fleet.js";
import { Incoming } from "./incoming.js";
import { Intake } from "./intake.js";
import { PORTAL_MIGRATIONS } from "./migrations.js";
import { Parts } from "./parts.js";
import { PortalLink } from "./portal-link.js";
import { Register } from "./register.js";
import { Vault } from "./vault.js";

export interface PortalOptions {
  readonly dir: string;
  readonly brokerUrl: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Officers' pages carry personal data and have no login of their own: the loopback, unless a proxy has one. */
  readonly host?: string;
  /** Further names by which the desk may be called, e.g. the proxy's. */
  readonly hostNames?: readonly string[];
  readonly hours?: OfficeHours;
  readonly agencyCode?: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Portal {
  readonly url: string;
  /** True while the portal hears kiosks. */
  readonly brokerUp: boolean;
  enroll(kioskId: string, publicKeyPem: string): void;
  close(): Promise<void>;
}

const DATABASE = "portal.db";
const LOOPBACK = "127.0.0.1";
const DEFAULT_AGENCY = "000.00.00.X00";

const listen = async (app: ReturnType<typeof buildDesk>, port: number, host: string): Promise<string> => {
  try {
    return await app.listen({ port, host });
  } catch (thrown) {
    const code = String((thrown as { code?: unknown }).code);
    const why = code === "EADDRINUSE" ? "is in use: choose another port" : `can not be opened (${code})`;
    throw new FaultError("runtime.internal", `portal address ${host}:${port} ${why}`, { cause: thrown });
  }
};

const assemble = (db: Db, options: PortalOptions) => {
  const { dir, clock, log } = options;
  loadPortalKeys(dir);
  const register = new Register(db, {
    clock,
    hours: options.hours ?? OFFICE_HOURS,
    agencyCode: options.agencyCode ?? DEFAULT_AGENCY,
  });
  const enrolment = new Enrolment(dir, db, clock);
  const fleet = new Fleet();
  const vault = new Vault(dir, () => loadPortalKeys(dir));
  vault.sweep(register.all());
  const intake = new Intake({
    ...{ register, enrolment, vault, log },
    parts: new Parts(dir),
    incoming: new Incoming(db, enrolment, clock),
    send: (kiosk, kind, message) => link.send(kiosk, kind, message),
  });
  const link = new PortalLink({
    ...{ url: options.brokerUrl, clock, log },
    onUp: (topic, payload, properties) => intake.receive(topic, payload, properties),
    onState: (kiosk, payload) => {
      if (fleet.hear(kiosk, payload)) intake.resend(kiosk);
    },
    onTelemetry: (kiosk, payload) => fleet.measure(kiosk, payload),
  });
  const app = buildDesk({
    ...{ register, vault, enrolment, fleet },
    announce: (application) => intake.announce(application),
    brokerUp: () => link.isUp,
    hostNames: [LOOPBACK, "localhost", "[::1]", ...(options.hostNames ?? [])],
  });
  return { enrolment, intake, link, app };
};

const openLocked = (dir: string, path: string): { readonly db: Db; readonly release: () => void } =>
  guarded(path, () => {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const release = takeWriterLock(dir);
    try {
      return { db: openDatabase(path, PORTAL_MIGRATIONS).db, release };
    } catch (thrown) {
      release();
      throw thrown;
    }
  });

/** Resolves when the desk answers; the broker may come later. Throws `FaultError` when it can not start. */
export const startPortal = async (given: PortalOptions): Promise<Portal> => {
  const options = { ...given, dir: resolve(given.dir) };
  const path = join(options.dir, DATABASE);
  const { db, release } = openLocked(options.dir, path);
  try {
    const { enrolment, intake, link, app } = guarded(path, () => assemble(db, options));
    const close = async () => {
      await link.close();
      await app.close();
      await intake.idle();
      db.close();
      release();
    };
    const url = await listen(app, options.port, options.host ?? LOOPBACK).catch(async (thrown: unknown) => {
      await close();
      throw thrown;
    });
    options.log("portal.started", { url });
    return {
      url,
      get brokerUp() {
        return link.isUp;
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
