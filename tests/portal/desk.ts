// How do the tests put scans of made-up papers before an officer, through a real kiosk link, broker and portal?
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Pii } from "../../src/core/pii.js";
import type { Scan } from "../../src/documents/scan.js";
import { makeScanPdf } from "../../src/documents/scan-pdf.js";
import { openSealKey, type SealKeyStore } from "../../src/documents/seal-key.js";
import type { Role } from "../../src/portal/access/roles.js";
import { issueSealByFile } from "../../src/portal/seals.js";
import { SETTINGS_FILE } from "../../src/portal/settings.js";
import type { ApplicationContent } from "../../src/sync/protocol/content.js";
import { loadPortalPublicKeys, PORTAL_PUBLIC_KEYS_FILE } from "../../src/sync/protocol/keys.js";
import { hashHolder, hashLookupCode, newLookupCode } from "../../src/sync/protocol/lookup-code.js";
import { sealSubmission } from "../../src/sync/protocol/submission.js";
import { samplePage } from "../documents/scans.js";
import { testClock } from "../store/fixtures.js";
import { KIOSK, PortalProcess, Rig, until } from "../sync/rig.js";

export const NUMBER = "001190000017";
const PORTAL = fileURLToPath(new URL("./portal-process.js", import.meta.url));

type Paper = ApplicationContent["papers"][number];

export interface Application {
  readonly id: number;
  readonly lookupCode: string;
  readonly submission: string;
}

export interface Wish {
  readonly number?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly paper?: Partial<Paper>;
  readonly feeVnd?: number;
  readonly confirmation?: ApplicationContent["confirmation"];
  /** Of the finished scan; for what a kiosk would never do. */
  readonly spoil?: (pdf: Uint8Array) => Uint8Array;
}

export class Desk {
  readonly rig: Rig;
  readonly seal: SealKeyStore;
  #taken = 0;

  private constructor(rig: Rig, seal: SealKeyStore) {
    this.rig = rig;
    this.seal = seal;
  }

  /** `settings`: portal.toml, or what writes it once the folders are there. */
  static with(
    act: (desk: Desk) => Promise<void>,
    settings: string | ((rig: Rig) => string | Promise<string>) = "",
  ): Promise<void> {
    return Rig.with(async (rig) => {
      mkdirSync(rig.portalDir, { recursive: true });
      const toml = typeof settings === "string" ? settings : await settings(rig);
      if (toml !== "") writeFileSync(join(rig.portalDir, SETTINGS_FILE), toml);
      const seal = openSealKey(join(rig.dir, "seal"));
      const csr = await seal.request(KIOSK);
      seal.install(await issueSealByFile(rig.portalDir, KIOSK, csr, Date.now()));
      const desk = new Desk(rig, seal);
      await desk.startPortal();
      rig.startLink();
      await act(desk);
    });
  }

  async startPortal(port = 0): Promise<void> {
    this.rig.portal = await PortalProcess.start(this.rig.portalDir, this.rig.broker.url, port, PORTAL);
  }

  get url(): string {
    return this.rig.portal?.url ?? "";
  }

  async scan(submission: string, lookupCode: string, pages = 1): Promise<Uint8Array> {
    const scan: Scan = {
      title: { vi: "Giấy khai sinh", en: "Birth certificate" },
      pages: await Promise.all(Array.from({ length: pages }, (_, page) => samplePage(31 + page, 60))),
      kiosk: { id: KIOSK, place: { vi: "Nhà văn hóa thôn Thử", en: "Test village hall" } },
      scannedAt: { epochMs: Date.now(), trust: "trusted" },
      ...{ submission, lookupCode },
    };
    return makeScanPdf(scan, this.seal.key());
  }

  /** Hands in an application with one scanned paper (or none, for a stored copy) and waits until it is taken. */
  async submit(wish: Wish = {}): Promise<Application> {
    const lookupCode = newLookupCode();
    const submissionId = randomUUID();
    const stored = wish.paper?.stored !== undefined;
    const pdf = stored ? null : await this.scan(submissionId, lookupCode);
    const { store, deviceKey, portalDir } = this.rig;
    const [portal] = loadPortalPublicKeys(join(portalDir, PORTAL_PUBLIC_KEYS_FILE));
    const sequence = store.outbox.reserveSequence();
    const sealed = await sealSubmission(
      {
        ...{ kiosk: KIOSK, submissionId, sequence, lookupHash: hashLookupCode(lookupCode) },
        slipNumber: `${KIOSK}-${String(sequence).padStart(6, "0")}`,
        content: new Pii(contentOf(wish, lookupCode)),
        pages:
          pdf === null ? [] : [new Pii({ mediaType: "application/pdf", bytes: wish.spoil?.(pdf) ?? pdf })],
        wall: testClock.wall(),
      },
      { device: deviceKey, portal },
    );
    store.outbox.enqueue(sealed);
    this.#taken += 1;
    const wanted = this.#taken;
    await until("it is accepted", () => store.outbox.stats().accepted === wanted);
    const entry = (await this.rig.portal?.submissions())?.find((each) => each.submission === submissionId);
    return { id: entry?.id ?? 0, lookupCode, submission: submissionId };
  }

  /** Logged in. */
  fetch(path: string, init: RequestInit = {}, role: Role = "officer"): Promise<Response> {
    if (this.rig.portal === null) throw new Error("there is no portal");
    return this.rig.portal.fetch(path, init, role);
  }

  async page(path: string, role: Role = "officer"): Promise<string> {
    return (await this.fetch(path, {}, role)).text();
  }

  /** By who signs, when it is a signature. */
  post(path: string, form: Readonly<Record<string, string>>): Promise<Response> {
    const role = form["signer"] === "agency" ? "agency" : "officer";
    return this.fetch(path, { method: "POST", body: new URLSearchParams(form) }, role);
  }

  upload(path: string, field: string, bytes: Uint8Array, role: Role = "officer"): Promise<Response> {
    const body = new FormData();
    body.set(field, new Blob([new Uint8Array(bytes)], { type: "application/pdf" }), "tệp.pdf");
    return this.fetch(path, { method: "POST", body }, role);
  }

  start(application: Application, registerNumber: string): Promise<Response> {
    return this.post(`/applications/${application.id}/papers/0/certification`, {
      ...{ registerNumber, book: "01-SCT/BS", date: "2026-11-22", authority: "UBND xã Thử" },
      officerPosition: "Phó Chủ tịch",
    });
  }

  /** Of the certification under way. */
  async certification(application: Application): Promise<string> {
    const text = await this.page(`/applications/${application.id}`);
    return /\/certifications\/([0-9a-f-]{36})\/cancel/.exec(text)?.[1] ?? "";
  }

  /** Starts and signs twice with the keys at the portal; answers the copy's name. */
  async certify(application: Application, registerNumber: string): Promise<string> {
    const started = await this.start(application, registerNumber);
    if (started.status !== 303) throw new Error(await started.text());
    const id = await this.certification(application);
    for (const signer of ["officer", "agency"]) {
      const signed = await this.post(`/certifications/${id}/sign`, { signer });
      if (signed.status !== 303) throw new Error(await signed.text());
    }
    return id;
  }

  /** By the public page, with code and number. */
  async download(lookupCode: string, number: string): Promise<Uint8Array | string> {
    const opened = await (await this.post("/lookup", { code: lookupCode, number })).text();
    const path = /\/lookup\/copies\/[A-Za-z0-9_-]+/.exec(opened)?.[0];
    if (path === undefined) return opened;
    return new Uint8Array(await (await fetch(this.url + path)).arrayBuffer());
  }
}

const contentOf = (
  { number = NUMBER, form = {}, paper = {}, feeVnd, confirmation }: Wish,
  lookupCode: string,
): ApplicationContent => ({
  v: 1,
  procedure: {
    code: "2.000815",
    title: { vi: "Chứng thực bản sao từ bản chính", en: "Certified copy from the original" },
    workingDays: 1,
  },
  language: "vi",
  identity: {
    ...{ level: "holderPresent", source: "chip", evidence: ["PA", "CA"] },
    citizen: { fullName: "Nguyễn Thị Thử", number, birthDate: "1990-01-02" },
  },
  form: Object.entries(form).map(([key, value]) => ({ key, label: { vi: key, en: key }, value })),
  papers: [
    {
      paperId: "original",
      title: { vi: "Giấy khai sinh", en: "Birth certificate" },
      documents: paper.stored === undefined ? [1] : [],
      fields: [],
      paperClass: "birthCertificate",
      ...paper,
    },
  ],
  holderHash: hashHolder(lookupCode, number),
  ...(feeVnd !== undefined && { fee: { amountVnd: feeVnd } }),
  confirmation: confirmation ?? { method: "codeOnScreen", atMs: 0 },
});

/** What `pdfsig` (poppler) says of a file, with these roots trusted as files of PEM. */
export const pdfsig = (dir: string, pdf: Uint8Array): string => {
  const file = join(dir, `${randomUUID()}.pdf`);
  writeFileSync(file, pdf);
  try {
    return execFileSync("pdfsig", ["-nocert", file], { encoding: "utf8" });
  } catch (thrown) {
    return String((thrown as { stdout?: unknown }).stdout);
  }
};
