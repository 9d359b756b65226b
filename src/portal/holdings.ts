// What does the portal hold in its database and on its disk, and how does it take more in?
import type { Clock } from "../core/clock.js";
import type { Log } from "../core/log.js";
import type { Db } from "../store/database.js";
import { type ApplicationContent, parseContent } from "../sync/protocol/content.js";
import { loadPortalKeys } from "../sync/protocol/keys.js";
import { Audit } from "./access/audit.js";
import { OFFICE_HOURS, type OfficeHours } from "./appointments.js";
import { CertificationRows } from "./certify/certification-rows.js";
import { Copies } from "./copies/copies.js";
import { CopyVault } from "./copies/copy-vault.js";
import { Reuses } from "./copies/reuse.js";
import { DeliveryRows } from "./deliver/delivery-rows.js";
import type { Enrolment } from "./enrolment.js";
import { Incoming } from "./incoming.js";
import { Inquiries } from "./inquiries.js";
import { Intake } from "./intake.js";
import { Parts } from "./parts.js";
import type { PortalLink } from "./portal-link.js";
import { Attempts } from "./public/attempts.js";
import { Register } from "./register.js";
import type { PortalSettingsFile } from "./settings.js";
import { Vault } from "./vault.js";

const DEFAULT_AGENCY = "000.00.00.X00";

export interface HoldingsOptions {
  readonly dir: string;
  readonly clock: Clock;
  readonly settings: PortalSettingsFile;
  readonly hours?: OfficeHours;
  readonly agencyCode?: string;
}

export const holdings = (db: Db, options: HoldingsOptions) => {
  const { dir, clock, settings } = options;
  const keys = () => loadPortalKeys(dir);
  keys();
  const register = new Register(db, {
    clock,
    hours: options.hours ?? OFFICE_HOURS,
    agencyCode: options.agencyCode ?? settings.agencyCode ?? DEFAULT_AGENCY,
  });
  const vault = new Vault(dir, keys);
  vault.sweep(register.all());
  const copies = new Copies(db, clock);
  const contentOf = async (id: number): Promise<ApplicationContent | undefined> => {
    const application = register.byId(id);
    const bytes = application && (await vault.read(application, 0));
    return bytes && parseContent(bytes);
  };
  return {
    ...{ db, register, vault, copies, contentOf },
    copyVault: new CopyVault(dir, keys),
    rows: new CertificationRows(db, clock),
    deliveryRows: new DeliveryRows(db, clock),
    attempts: new Attempts(db, clock),
    audit: new Audit(db, () => clock.wall().epochMs),
    reuses: new Reuses({ db, copies, contentOf }),
  };
};

export type Holdings = ReturnType<typeof holdings>;

export const makeIntake = (
  held: Holdings,
  options: { readonly dir: string; readonly clock: Clock; readonly log: Log },
  parts: { readonly enrolment: Enrolment; readonly send: PortalLink["send"] },
): Intake => {
  const { db, register, vault, copies, attempts, audit, reuses } = held;
  const { dir, clock, log } = options;
  const { enrolment, send } = parts;
  return new Intake({
    ...{ register, enrolment, vault, reuses, log, send },
    parts: new Parts(dir),
    incoming: new Incoming(db, enrolment, clock),
    inquiries: new Inquiries({ register, copies, attempts, audit, send }),
  });
};
