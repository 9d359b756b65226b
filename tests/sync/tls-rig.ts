// How does a test set up broker, portal and kiosks that know each other by certificates, as board/ops has it?
//
// The broker runs the shipped mosquitto.conf and mosquitto.acl, with other paths and ports; certificates come from the
// product's own commands, and the ones that must be refused from openssl.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { deviceKeyFile } from "../../src/acts/device-key.js";
import { certificateFolder, installCertificate, requestCertificate } from "../../src/certificate-command.js";
import type { EventCatalogue, Log } from "../../src/core/log.js";
import { silentLog } from "../../src/core/log.js";
import { type Broker, startMosquitto } from "../../src/dock/broker.js";
import { requestSealCertificate } from "../../src/documents/certificates.js";
import { packageRoot } from "../../src/package-root.js";
import { authorityFiles } from "../../src/portal/certificates/authority.js";
import { initCommand, issueCommand, revokeCommand } from "../../src/portal/certificates/command.js";
import { enrolByFile } from "../../src/portal/enrolment.js";
import { PORTAL_DATABASE, PORTAL_MIGRATIONS } from "../../src/portal/migrations.js";
import { openDatabase } from "../../src/store/database.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { Store } from "../../src/store/store.js";
import { Pairs } from "../../src/sync/certificates/pairs.js";
import { type Link, startLink } from "../../src/sync/link.js";
import { loadDeviceKey, loadPortalKeys } from "../../src/sync/protocol/keys.js";
import type { LinkTimings } from "../../src/sync/timings.js";
import { testClock } from "../store/fixtures.js";
import { PortalProcess, QUICK, until } from "./rig.js";

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

const quiet = new Writable({ write: (_chunk, _encoding, done) => done() });
export const io = { stdout: quiet, stderr: quiet };

export const openssl = (args: readonly string[], cwd: string): string =>
  execFileSync("openssl", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** What a log was told, for a test to look through. */
export class Told {
  readonly lines: { readonly event: keyof EventCatalogue; readonly fields: Record<string, unknown> }[] = [];
  readonly log: Log = (event, fields) => {
    this.lines.push({ event, fields: { ...fields } });
  };

  downs(): readonly string[] {
    return this.lines
      .filter(({ event, fields }) => event === "link.state" && fields["state"] === "down")
      .map(({ fields }) => String(fields["detail"]));
  }

  ups(): number {
    return this.lines.filter(({ event, fields }) => event === "link.state" && fields["state"] === "up")
      .length;
  }

  steps(): readonly unknown[] {
    return this.lines.filter(({ event }) => event === "link.certificate").map(({ fields }) => fields["step"]);
  }
}

export interface Kiosk {
  readonly id: string;
  readonly stateDir: string;
  readonly pairs: Pairs;
}

/** Days from now, negative before now. */
export interface Span {
  readonly fromDays: number;
  readonly toDays: number;
}

const asn1Time = (days: number): string =>
  `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;

export class TlsRig {
  readonly dir: string;
  readonly portalDir: string;
  readonly authority: string;
  broker: Broker | null = null;
  portal: PortalProcess | null = null;
  readonly #kioskPort: number;
  readonly #portalPort: number;
  readonly #links: Link[] = [];
  readonly #stores: Store[] = [];

  private constructor(dir: string, kioskPort: number, portalPort: number) {
    this.dir = dir;
    this.portalDir = join(dir, "state", "portal");
    this.#kioskPort = kioskPort;
    this.#portalPort = portalPort;
    this.authority = authorityFiles(this.portalDir).certificate;
  }

  get url(): string {
    return `mqtts://localhost:${this.#kioskPort}`;
  }

  get portalBrokerUrl(): string {
    return `mqtts://localhost:${this.#portalPort}`;
  }

  static async with(act: (rig: TlsRig) => Promise<void>): Promise<void> {
    const dir = mkdtempSync(join(tmpdir(), "motcua-tls-"));
    const rig = new TlsRig(dir, await freePort(), await freePort());
    try {
      await rig.#prepare();
      await act(rig);
    } finally {
      for (const link of rig.#links) await link.close();
      await rig.portal?.end("SIGKILL");
      await rig.broker?.close();
      for (const store of rig.#stores) store.close();
      rmSync(dir, { recursive: true, force: true });
    }
  }

  async #prepare(): Promise<void> {
    mkdirSync(this.portalDir, { recursive: true, mode: 0o700 });
    openDatabase(join(this.portalDir, PORTAL_DATABASE), PORTAL_MIGRATIONS).db.close();
    loadPortalKeys(this.portalDir);
    await initCommand({ dir: this.portalDir, json: false, name: "Test authority", days: 3650 }, io);
    await this.#server("broker.test", "broker", ["localhost", "127.0.0.1"]);
    await this.#server("portal", "portal", []);
    writeFileSync(
      join(this.portalDir, "portal.toml"),
      `[broker]\ncaFile = "${this.authority}"\ncertificatesFile = "${this.dir}/portal.pem"\nkeyFile = "${this.dir}/portal.key.pem"\n`,
    );
    this.broker = await startMosquitto({ dir: join(this.dir, "broker"), extraConfig: this.#brokerConfig() });
  }

  async #server(name: string, role: "broker" | "portal", hosts: readonly string[]): Promise<void> {
    const file = role === "broker" ? "broker" : "portal";
    const key = [
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-keyout",
      `${file}.key.pem`,
    ];
    openssl(["req", "-new", ...key, "-subj", `/CN=${name}`, "-out", `${file}.csr`], this.dir);
    const places = { request: join(this.dir, `${file}.csr`), out: join(this.dir, `${file}.pem`) };
    await issueCommand({ dir: this.portalDir, json: false, name, role, hosts, ...places }, io);
  }

  /** The shipped files; what names this machine's folders and ports is replaced. */
  #brokerConfig(): string {
    const shipped = readFileSync(join(packageRoot(), "board/ops/mosquitto.conf"), "utf8");
    const certificates = join(this.dir, "certs");
    mkdirSync(certificates);
    for (const file of ["broker.pem", "broker.key.pem"])
      copyFileSync(join(this.dir, file), join(certificates, file));
    copyFileSync(this.authority, join(certificates, "authority.crt.pem"));
    this.#giveList();
    return shipped
      .replaceAll("/etc/mosquitto/certs", certificates)
      .replace("/etc/mosquitto/mosquitto.acl", join(packageRoot(), "board/ops/mosquitto.acl"))
      .replace("listener 8883", `listener ${this.#kioskPort} 127.0.0.1`)
      .replace("listener 8884", `listener ${this.#portalPort} 127.0.0.1`);
  }

  #giveList(): void {
    const { revocationList } = authorityFiles(this.portalDir);
    copyFileSync(revocationList, join(this.dir, "certs", "crl.pem"));
  }

  async revoke(name: string): Promise<void> {
    await revokeCommand(
      { dir: this.portalDir, json: false, nameOrSerial: name, reason: "keyCompromise" },
      io,
    );
    this.#giveList();
    process.kill(this.broker?.pid ?? 0, "SIGHUP");
  }

  async startPortal(): Promise<PortalProcess> {
    this.portal = await PortalProcess.start(this.portalDir, this.portalBrokerUrl);
    return this.portal;
  }

  /** Enrolled, with a device key and no certificate. */
  bareKiosk(id: string): Kiosk {
    const stateDir = join(this.dir, "kiosks", id);
    mkdirSync(stateDir, { recursive: true });
    enrolByFile(this.portalDir, id, loadDeviceKey(deviceKeyFile(stateDir)).publicKeyPem);
    return { id, stateDir, pairs: new Pairs(certificateFolder(stateDir)) };
  }

  /** As ops would: request at the kiosk, issue at the portal, install at the kiosk. */
  async kiosk(id: string): Promise<Kiosk> {
    const kiosk = this.bareKiosk(id);
    await this.enrolAgain(kiosk);
    return kiosk;
  }

  async enrolAgain({ id, stateDir }: Kiosk): Promise<void> {
    const place = { stateDir, kioskId: id, json: false };
    const [request, out] = [join(stateDir, "a.csr"), join(stateDir, "a.pem")];
    await requestCertificate(place, request, io);
    await issueCommand(
      { dir: this.portalDir, json: false, name: id, role: "kiosk", hosts: [], request, out },
      io,
    );
    await installCertificate(place, out, io);
  }

  /** Signed by openssl, with any span of time, by the fleet's authority or a foreign one; installed as "next". */
  keepFromOpenssl(kiosk: Kiosk, span: Span, by: "ours" | "foreign" = "ours"): void {
    const folder = mkdtempSync(join(this.dir, "ca-"));
    const { key, certificate } = authorityFiles(this.portalDir);
    if (by === "ours") {
      copyFileSync(key, join(folder, "ca.key"));
      copyFileSync(certificate, join(folder, "ca.crt"));
    } else {
      const make = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"];
      openssl(["req", ...make, "-subj", "/CN=Somebody else", "-keyout", "ca.key", "-out", "ca.crt"], folder);
    }
    writeFileSync(
      join(folder, "ca.conf"),
      "[ca]\ndefault_ca=a\n[a]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\ncertificate=ca.crt\nprivate_key=ca.key\nunique_subject=no\n[p]\ncommonName=supplied\n",
    );
    writeFileSync(join(folder, "index"), "");
    const request = openssl(["rand", "-hex", "8"], folder).trim();
    writeFileSync(join(folder, "serial"), `${request.toUpperCase()}\n`);
    openssl(
      ["req", "-new", "-key", this.#keyFile(kiosk), "-subj", `/CN=${kiosk.id}`, "-out", "a.csr"],
      folder,
    );
    const dates = ["-startdate", asn1Time(span.fromDays), "-enddate", asn1Time(span.toDays)];
    openssl(["ca", "-batch", "-config", "ca.conf", ...dates, "-in", "a.csr", "-out", "a.crt"], folder);
    const chain = ["a.crt", "ca.crt"].map((file) => readFileSync(join(folder, file), "utf8"));
    kiosk.pairs.keepNext(chain.join(""), kiosk.id);
  }

  #keyFile({ pairs }: Kiosk): string {
    pairs.requestKey();
    return join(pairs.folder, "next.key.pem");
  }

  store(kiosk: Kiosk): Store {
    const store = openStore({ dir: join(kiosk.stateDir, "store"), clock: testClock, log: silentLog });
    this.#stores.push(store);
    return store;
  }

  link(
    kiosk: Kiosk,
    store: Store,
    log: Log,
    options: {
      readonly url?: string;
      readonly authority?: string;
      readonly timings?: Partial<LinkTimings>;
      readonly atRest?: (signal: AbortSignal) => Promise<void>;
    } = {},
  ): Link {
    const device = loadDeviceKey(deviceKeyFile(kiosk.stateDir));
    const link = startLink({
      ...{ store, kioskId: kiosk.id, url: options.url ?? this.url, clock: testClock, log, version: "test" },
      telemetry: () => ({}),
      certificates: {
        pairs: kiosk.pairs,
        authority: () => readFileSync(options.authority ?? this.authority),
        makeRequest: requestSealCertificate,
        sign: (bytes) => device.sign(bytes),
        atRest: options.atRest ?? (async () => {}),
      },
      timings: { ...PATIENT, ...options.timings },
    });
    this.#links.push(link);
    return link;
  }
}

/** A TLS handshake on a busy machine takes its time; what is wrong is looked at again soon. */
export const PATIENT: Partial<LinkTimings> = {
  ...QUICK,
  connectTimeoutMs: 20_000,
  lookupTimeoutMs: 20_000,
  replyTimeoutMs: 20_000,
  publishTimeoutMs: 20_000,
  certificateCheckMs: 200,
  certificateAgainMs: 300,
  certificateProvenMs: 300,
};

export const untilPatiently = (what: string, check: () => boolean | Promise<boolean>): Promise<void> =>
  until(what, check, 90_000);

/** Its time has come: more than two thirds and a tenth have passed. */
export const OLD = { fromDays: -90, toDays: 10 };

export const oldKiosk = (rig: TlsRig, id: string): Kiosk => {
  const kiosk = rig.bareKiosk(id);
  rig.keepFromOpenssl(kiosk, OLD);
  kiosk.pairs.promote();
  return kiosk;
};

export const serialOf = ({ pairs }: Kiosk): string => pairs.get("current")?.serial ?? "none";
