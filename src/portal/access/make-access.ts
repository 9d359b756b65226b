// How are accounts, sessions, login and audit put together for the desk?
import { z } from "zod";
import type { Clock } from "../../core/clock.js";
import type { Holdings } from "../holdings.js";
import type { AccountParts } from "../routes/accounts.js";
import type { PortalSettingsFile } from "../settings.js";
import { Accounts, type MadeUpAccount } from "./accounts.js";
import { Login } from "./login.js";
import { LoginAttempts } from "./login-attempts.js";
import { Sessions } from "./sessions.js";

export interface AccessOptions {
  readonly settings: PortalSettingsFile;
  readonly clock: Clock;
  readonly madeUpAccounts?: readonly MadeUpAccount[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const IDLE_MINUTES = 30;
const LONGEST_HOURS = 10;

const named = z.union([
  z.object({ id: z.coerce.number().int().positive() }).transform(({ id }) => ({ application: id })),
  z.object({ certification: z.uuid() }),
  z.object({ copy: z.uuid() }),
]);

/** Which application an address is about; null for none, and for what does not exist. */
const applicationOf =
  ({ db }: Holdings) =>
  (params: Readonly<Record<string, string>>): number | null => {
    const found = named.safeParse(params);
    if (!found.success) return null;
    if ("application" in found.data) return found.data.application;
    // A copy has the name of the certification that it came from.
    const id = "copy" in found.data ? found.data.copy : found.data.certification;
    const row = db.prepare("SELECT application FROM certifications WHERE id = ?").pluck().get(id);
    return (row as number | undefined) ?? null;
  };

export const makeAccess = (
  held: Holdings,
  { settings, clock, madeUpAccounts }: AccessOptions,
): AccountParts => {
  const { db, audit } = held;
  const nowMs = () => clock.wall().epochMs;
  const { idleMinutes = IDLE_MINUTES, hours = LONGEST_HOURS, behindProxy = false } = settings.access ?? {};
  const accounts = new Accounts(db, nowMs);
  accounts.keepMadeUp(madeUpAccounts ?? []);
  const sessions = new Sessions(db, nowMs, { idleMs: idleMinutes * MINUTE_MS, longestMs: hours * HOUR_MS });
  const attempts = new LoginAttempts(db, nowMs);
  return {
    ...{ accounts, sessions, audit, behindProxy },
    login: new Login({ accounts, sessions, attempts, audit, tokens: settings.tokens ?? [] }),
    applicationOf: applicationOf(held),
    secure: settings.publicUrl?.startsWith("https:") === true,
  };
};
