// What does the portal hold in its database and on its disk, and how does it take more in?
import type { Clock } from "../core/clock.js";
import { type Log, silentLog } from "../core/log.js";
import { type ApplicationContent, parseContent } from "../sync/protocol/content.js";
import { loadPortalKeys } from "../sync/protocol/keys.js";
import { Audit } from "./access/audit.js";
import { OFFICE_HOURS, type OfficeHours } from "./appointments.js";
import { CertificationRows } from "./certify/certification-rows.js";
import { Copies } from "./copies/copies.js";
import { CopyVault } from "./copies/copy-vault.js";
import { Reuses } from "./copies/reuse.js";
import type { PortalDb } from "./db/portal-db.js";
import { DeliveryRows } from "./deliver/delivery-rows.js";
import type { Enrolment } from "./enrolment.js";
import { FeeRows } from "./fees/fee-rows.js";
import { Fees } from "./fees/fees.js";
import { Incoming } from "./incoming.js";
import { Inquiries } from "./inquiries.js";
import { Intake } from "./intake.js";
import { Parts } from "./parts.js";
import type { PortalLink } from "./portal-link.js";
import { Attempts } from "./public/attempts.js";
import { Register } from "./register.js";
import { ALONE, type Peers } from "./replicas/peers.js";
import { SharedParts } from "./replicas/shared-parts.js";
import type { PortalSettingsFile } from "./settings.js";
import type { Codes } from "./sms/codes.js";
import { Vault } from "./vault.js";

/** Longer than from a file's last byte to the row that names it; what another replica is at is not swept. */
const HOUR_MS = 3_600_000;
/** Longer than any courier's own time limits. */
const DELIVERY_LEASE_MS = 10 * 60_000;
/** Another replica may end what this one knows of. */
const CACHED_MS = 10_000;
const DEFAULT_AGENCY = "000.00.00.X00";

export interface HoldingsOptions {
  readonly dir: string;
  readonly clock: Clock;
  readonly settings: PortalSettingsFile;
  readonly log?: Log;
  readonly hours?: OfficeHours;
  readonly agencyCode?: string;
  /** Absent: there is one portal. */
  readonly peers?: Peers;
}

export const holdings = (db: PortalDb, options: HoldingsOptions) => {
  const { dir, clock, settings, peers = ALONE } = options;
  const keys = () => loadPortalKeys(dir);
  keys();
  const register = new Register(db, {
    clock,
    hours: options.hours ?? OFFICE_HOURS,
    agencyCode: options.agencyCode ?? settings.agencyCode ?? DEFAULT_AGENCY,
  });
  const vault = new Vault(dir, keys);
  vault.sweep(register.all(), peers.several ? HOUR_MS : 0);
  const copies = new Copies(db, clock);
  const contentOf = async (id: number): Promise<ApplicationContent | undefined> => {
    const application = register.byId(id);
    const bytes = application && (await vault.read(application, 0));
    return bytes && parseContent(bytes);
  };
  const audit = new Audit(db, () => clock.wall().epochMs);
  const feeRows = new FeeRows(db);
  const fees = new Fees({
    ...{ rows: feeRows, audit, clock, settings: settings.fees ?? null },
    log: options.log ?? silentLog,
  });
  return {
    ...{ db, peers, register, vault, copies, contentOf, audit, fees, feeRows },
    copyVault: new CopyVault(dir, keys),
    rows: new CertificationRows(db, clock),
    deliveryRows: new DeliveryRows(db, clock, peers.several ? DELIVERY_LEASE_MS : 0),
    attempts: new Attempts(db, clock),
    reuses: new Reuses({ db, copies, contentOf }),
  };
};

export type Holdings = ReturnType<typeof holdings>;

export const makeIntake = (
  held: Holdings,
  options: { readonly dir: string; readonly clock: Clock; readonly log: Log },
  parts: {
    readonly enrolment: Enrolment;
    readonly codes: Pick<Codes, "settle">;
    readonly send: PortalLink["send"];
  },
): Intake => {
  const { db, peers, register, vault, copies, attempts, audit, reuses, fees } = held;
  const { dir, clock, log } = options;
  const { enrolment, send } = parts;
  return new Intake({
    ...{ codes: parts.codes, peers, register, enrolment, vault, reuses, clock, log, send },
    parts: peers.several ? new SharedParts(db, dir) : new Parts(dir),
    incoming: new Incoming(db, enrolment, clock, peers.several ? CACHED_MS : Infinity),
    inquiries: new Inquiries({
      ...{ register, copies, attempts, audit, fees, send },
      isEnrolled: (kiosk) => enrolment.publicKeyOf(kiosk) !== undefined,
    }),
    take: (taking, feeVnd) =>
      db
        .transaction(() => {
          const application = register.take(taking);
          if (feeVnd !== null) fees.declare(application, feeVnd);
          return application;
        })
        .immediate(),
  });
};
