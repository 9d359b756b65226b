// What do `motcua portal certificate init|issue|revoke|list` do?
//
// On the portal's own machine, as who may write its folder; also while the portal runs.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { SystemClock } from "../../core/clock.js";
import { FaultError } from "../../core/faults.js";
import { silentLog } from "../../core/log.js";
import { Audit } from "../access/audit.js";
import { openBeside } from "../beside.js";
import type { PortalDb } from "../db/portal-db.js";
import { authorityFiles, initAuthority, refuseSecond } from "./authority.js";
import { type Issued, Issuing } from "./issuing.js";
import { requestInFile } from "./request.js";
import type { RevocationReason } from "./revocation-list.js";
import type { CertificateRole, CertificateRow } from "./rows.js";

interface Common {
  /** The portal's folder. */
  readonly dir: string;
  readonly json: boolean;
}

export interface InitCommand extends Common {
  readonly name: string;
  readonly days: number;
  /** Both or neither: an authority of one's own is taken over. */
  readonly key?: string;
  readonly certificate?: string;
}

export interface IssueCommand extends Common {
  readonly name: string;
  readonly role: CertificateRole;
  /** A PKCS#10 file, PEM or DER. */
  readonly request: string;
  /** Absent: stdout. */
  readonly out?: string;
  readonly days?: number;
  readonly hosts: readonly string[];
}

export interface RevokeCommand extends Common {
  readonly nameOrSerial: string;
  readonly reason: RevocationReason;
}

interface Io {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

const DAY_MS = 86_400_000;
const NAMES: Readonly<Record<CertificateRole, readonly [RegExp, string]>> = {
  kiosk: [
    /^(?!portal$)[A-Za-z0-9-]{1,32}$/,
    'a kiosk\'s id: up to 32 letters, digits and dashes, not "portal"',
  ],
  portal: [/^portal$/, '"portal": the broker\'s access list knows it by that name'],
  broker: [/^[A-Za-z0-9.-]{1,64}$/, "the broker's name: letters, digits, dots and dashes"],
};
/** An authority's own notAfter in a certificate is shown by day. */
const day = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10);

const print = ({ stdout }: Io, json: boolean, value: object, text: string): void => {
  stdout.write(json ? `${JSON.stringify(value)}\n` : text);
};

const within = async <T>(dir: string, work: (issuing: Issuing, db: PortalDb) => Promise<T>): Promise<T> => {
  const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
  const db = openBeside(dir);
  try {
    return await work(new Issuing({ dir, db, nowMs: () => clock.wall().epochMs, log: silentLog }), db);
  } finally {
    db.close();
  }
};

/** Makes the authority, or takes one over, and writes the first list. */
export const initCommand = (command: InitCommand, io: Io): Promise<number> =>
  within(command.dir, async (issuing, db) => {
    const { dir, json, name, days, key, certificate } = command;
    if ((key === undefined) !== (certificate === undefined))
      throw new Error("--key and --certificate go together: both name the authority that is taken over");
    refuseSecond(dir);
    const nowMs = Date.now();
    const wish =
      key !== undefined && certificate !== undefined
        ? { keyFile: key, certificateFile: certificate }
        : { commonName: name, days, nowMs };
    const audit = new Audit(db, () => Date.now());
    const entry = { who: "command line", role: "", address: "", application: null, subject: name };
    audit.write({ ...entry, act: "certificate.authority", detail: "to be made" });
    await initAuthority(dir, wish);
    await issuing.writeList();
    audit.write({ ...entry, act: "certificate.authority", detail: "made" });
    const files = authorityFiles(dir);
    print(
      io,
      json,
      { authority: files.certificate, revocationList: files.revocationList },
      `authority: ${files.certificate}\nrevocation list: ${files.revocationList}\nkeep a copy of ${files.key} in a safe, and nowhere else\n`,
    );
    return 0;
  });

const checked = ({ name, role, hosts, request }: IssueCommand): void => {
  const [pattern, right] = NAMES[role];
  if (!pattern.test(name)) throw new FaultError("keys.unusable", `"${name}" should be ${right}`);
  if (role !== "broker" && hosts.length > 0) throw new Error("--host is for brokers");
  if (!existsSync(request)) throw new Error(`${request}: no such file`);
};

/** Prints the chain, or leaves it in a file. */
export const issueCommand = (command: IssueCommand, io: Io): Promise<number> =>
  within(command.dir, async (issuing) => {
    checked(command);
    const { name, role, request, out, days, json, hosts } = command;
    const issued: Issued = await issuing.byHand({
      ...{ name, role, csr: requestInFile(new Uint8Array(readFileSync(request))) },
      ...(days !== undefined && { days }),
      ...(role === "broker" && { hosts: hosts.length === 0 ? [name] : hosts }),
    });
    if (out !== undefined) writeFileSync(out, issued.chain, { mode: 0o644 });
    const { serial, toMs, chain } = issued;
    const told = `certificate ${serial} of ${name}, until ${day(toMs)}`;
    print(
      io,
      json,
      {
        serial,
        name,
        role,
        until: new Date(toMs).toISOString(),
        ...(out === undefined ? { chain } : { out }),
      },
      out === undefined ? chain : `${told}: ${out}\n`,
    );
    return 0;
  });

/** What is revoked stands in the list at once; a broker that runs has to be told. */
export const revokeCommand = (command: RevokeCommand, io: Io): Promise<number> =>
  within(command.dir, async (issuing) => {
    const { nameOrSerial, reason, json, dir } = command;
    const serials = await issuing.revoke(nameOrSerial, reason);
    const { revocationList } = authorityFiles(dir);
    const what = serials.length === 0 ? "nothing that was not revoked before" : serials.join(", ");
    print(
      io,
      json,
      { revoked: serials, revocationList },
      `revoked: ${what}\nnow give ${revocationList} to the broker and have it read it: systemctl reload mosquitto\nan open session ends only with the broker's next restart\n`,
    );
    return 0;
  });

const stateOf = ({ revokedAtMs, reason, toMs }: CertificateRow, nowMs: number): string => {
  if (revokedAtMs !== null) return `revoked (${reason})`;
  return toMs < nowMs ? "expired" : "valid";
};

const line = (row: CertificateRow, nowMs: number): string => {
  const left = Math.floor((row.toMs - nowMs) / DAY_MS);
  const state = stateOf(row, nowMs);
  return `${row.name}\t${row.role}\t${row.serial}\t${day(row.fromMs)} to ${day(row.toMs)}\t${state}${state === "valid" ? `, ${left} days` : ""}\t${row.asked}\n`;
};

/** Newest first. */
export const listCommand = ({ dir, json }: Common, io: Io): Promise<number> =>
  within(dir, async (issuing) => {
    const nowMs = Date.now();
    const rows = issuing.rows.all();
    const plain = rows.map((row) => ({
      ...{ name: row.name, role: row.role, serial: row.serial, asked: row.asked },
      from: new Date(row.fromMs).toISOString(),
      until: new Date(row.toMs).toISOString(),
      state: stateOf(row, nowMs),
      revokedAt: row.revokedAtMs === null ? null : new Date(row.revokedAtMs).toISOString(),
    }));
    const text = rows.length === 0 ? "none was issued\n" : rows.map((row) => line(row, nowMs)).join("");
    print(io, json, plain, text);
    return 0;
  });
