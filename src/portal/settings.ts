// What can be set at a portal, and what is wrong with what was set?
//
// `portal.toml` in the portal's folder; without it the portal signs with keys for trying out and sends nothing.
// Secrets are never in it: files are named that hold them (mode 0600), and PINs are typed each time.
import { existsSync, readFileSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import { FaultError } from "../core/faults.js";
import type { WireTls } from "../sync/protocol/wire.js";
import type { ApiToken } from "./access/login.js";
import { ROLES } from "./access/roles.js";
import type { SignerOptions, SigningOptions } from "./certify/signers.js";
import type { DatabaseSettings } from "./db/postgres-open.js";
import type { MailOptions } from "./deliver/mailer.js";
import { type FeeSettings, feeSettingsShape } from "./fees/fee-settings.js";
import type { BoardSettings } from "./queue/board-access.js";
import type { PriorityRule } from "./queue/rule.js";
import { type SmsSettings, smsSettingsShape } from "./sms/sms-settings.js";
import type { WalletOptions } from "./wallet/wallet-courier.js";

export const SETTINGS_FILE = "portal.toml";

export interface PortalSettingsFile {
  readonly publicUrl?: string;
  readonly agencyCode?: string;
  /** For a broker with mutual TLS. */
  readonly broker?: {
    /** PEM: the authority that the broker's certificate must come from. */
    readonly caFile: string;
    /** PEM, the portal's own first; and its key, mode 0600. */
    readonly certificatesFile: string;
    readonly keyFile: string;
  };
  /** PostgreSQL, for one portal or several replicas on one folder. Absent: SQLite in the portal's folder. */
  readonly database?: DatabaseSettings;
  /** Absent: keys for trying out. */
  readonly signing?: SigningOptions;
  readonly mail?: Omit<MailOptions, "publicUrl">;
  readonly wallet?: WalletOptions;
  /** Absent: fees are paid at the desk. */
  readonly fees?: FeeSettings;
  /** Absent: no code is sent to a phone, and citizens confirm with the one on the screen. */
  readonly sms?: SmsSettings;
  readonly access?: {
    /** Without a click for this long a session is over. */
    readonly idleMinutes?: number;
    /** A session is over after this long. */
    readonly hours?: number;
    /** Addresses of callers are what a proxy on this machine says in X-Forwarded-For. */
    readonly behindProxy?: boolean;
  };
  /** Who comes first in the queue, and who sees the board in the hall. */
  readonly queue?: Partial<PriorityRule>;
  readonly board?: BoardSettings;
  /** For programs that call /api/* or read /metrics. */
  readonly tokens?: readonly ApiToken[];
}

const words = z.string().min(1);
const path = words;

const signer: z.ZodType<SignerOptions> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("file"), keyFile: path, certificatesFile: path }),
  z.strictObject({
    kind: z.literal("token"),
    module: path,
    token: words,
    keyLabel: words,
    certificatesFile: path.exactOptional(),
  }),
  z.strictObject({ kind: z.literal("deferred") }),
]);

const shape = z.strictObject({
  publicUrl: z.url().exactOptional(),
  agencyCode: words.exactOptional(),
  broker: z.strictObject({ caFile: path, certificatesFile: path, keyFile: path }).exactOptional(),
  database: z
    .strictObject({ url: words, passwordFile: path.exactOptional(), caFile: path.exactOptional() })
    .exactOptional(),
  signing: z
    .strictObject({
      authority: words,
      officer: signer,
      agency: signer,
      deferredMinutes: z.int().min(1).max(1440).default(60),
      timestampUrl: z.url().exactOptional(),
    })
    .exactOptional(),
  mail: z
    .strictObject({
      host: words,
      port: z.int().min(1).max(65_535),
      security: z.enum(["tls", "starttls", "none"]),
      login: z.strictObject({ user: words, passwordFile: path }).exactOptional(),
      caFile: path.exactOptional(),
      from: words,
      send: z.enum(["pdf", "link"]),
    })
    .exactOptional(),
  wallet: z
    .strictObject({
      url: z.url(),
      issuer: z.url(),
      discovery: z.enum(["oauth2", "oidc"]).default("oauth2"),
      clientId: words,
      clientSecretFile: path,
      scope: words.default("documents.write"),
      resource: z.url().exactOptional(),
      caFile: path.exactOptional(),
    })
    .exactOptional(),
  fees: feeSettingsShape.exactOptional(),
  sms: smsSettingsShape.exactOptional(),
  access: z
    .strictObject({
      idleMinutes: z.int().min(1).max(1440).exactOptional(),
      hours: z.int().min(1).max(24).exactOptional(),
      behindProxy: z.boolean().exactOptional(),
    })
    .exactOptional(),
  queue: z
    .strictObject({
      headStartMinutes: z.number().min(0).max(600).exactOptional(),
      headStarts: z.record(z.string(), z.number().min(0).max(600)).exactOptional(),
    })
    .exactOptional(),
  board: z
    .strictObject({
      from: z.array(words).max(32).exactOptional(),
      tokenSha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .exactOptional(),
    })
    .exactOptional(),
  tokens: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z][a-z0-9._-]{0,39}$/),
        role: z.enum(ROLES),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .exactOptional(),
});

const FILES: ReadonlySet<string> = new Set([
  "keyFile",
  "certificatesFile",
  "passwordFile",
  "clientSecretFile",
  "noticeSecretFile",
  "caFile",
]);

/** Paths are told from the portal's folder. */
const resolved = (value: unknown, dir: string, key = ""): unknown => {
  if (typeof value === "string") return FILES.has(key) && !isAbsolute(value) ? join(dir, value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => resolved(item, dir));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolved(item, dir, name)]));
};

/** Empty without a file. Throws a `FaultError` that names the key and what is wrong with it. */
export const loadPortalSettings = (dir: string): PortalSettingsFile => {
  const file = join(dir, SETTINGS_FILE);
  if (!existsSync(file)) return {};
  let toml: unknown;
  try {
    toml = parse(readFileSync(file, "utf8"));
  } catch (thrown) {
    const why = thrown instanceof Error ? (thrown.message.split("\n")[0] ?? "") : "";
    throw new FaultError("runtime.internal", `${file}: ${why}`);
  }
  const found = shape.safeParse(toml);
  if (!found.success) {
    const [issue] = found.error.issues;
    throw new FaultError("runtime.internal", `${file}: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  if (found.data.mail !== undefined && found.data.publicUrl === undefined)
    throw new FaultError("runtime.internal", `${file}: mail: needs publicUrl, which stands in every letter`);
  return resolved(found.data, dir) as PortalSettingsFile;
};

const OTHERS = 0o077;

/** What the broker is shown and must show; nothing without [broker]. Throws "keys.unusable". */
export const brokerTls = ({ broker }: PortalSettingsFile): WireTls => {
  if (broker === undefined) return {};
  if ((statSync(broker.keyFile).mode & OTHERS) !== 0)
    throw new FaultError("keys.unusable", `${broker.keyFile}: others can read it; run chmod 600 on it`);
  return {
    ca: readFileSync(broker.caFile),
    cert: readFileSync(broker.certificatesFile),
    key: readFileSync(broker.keyFile),
  };
};
