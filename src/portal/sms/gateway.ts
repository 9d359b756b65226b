// How is one message handed to the gateway? (The wire is described in contract.md.)
import { readFileSync, statSync } from "node:fs";
import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { FaultError } from "../../core/faults.js";
import type { SmsSettings } from "./sms-settings.js";

export interface Sms {
  /** E.164. */
  readonly to: string;
  readonly text: string;
  /** Of the address that reports go to. */
  readonly token: string;
}

/** `detail`: of the gateway's answer nothing but numbers; its words may repeat what was sent. */
export type Handed = { readonly taken: boolean; readonly detail: string };

export interface Gateway {
  /** Never rejects. */
  send(sms: Sms): Promise<Handed>;
}

export const REPORTS_PATH = "/api/sms/reports";
/** The citizen waits before the screen. */
const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 4096;
const OTHERS = 0o077;
/** Every kind of report: 1, 2, 4, 8 and 16. */
const ALL_REPORTS = "31";
const GSM_7_BIT = "0";
const TAKEN = /^[03]:/;

/** Read anew for each message, so that it can be changed. Throws "keys.unusable". */
export const loadPassword = (file: string): string => {
  const unusable = (why: string) => new FaultError("keys.unusable", `${file}: ${why}`);
  let text: string;
  try {
    if ((statSync(file).mode & OTHERS) !== 0) throw unusable("others can read it; run chmod 600 on it");
    text = readFileSync(file, "utf8").trim();
  } catch (thrown) {
    if (thrown instanceof FaultError) throw thrown;
    throw unusable(`can not be read (${String((thrown as { code?: unknown }).code)})`);
  }
  if (text === "") throw unusable("is empty");
  return text;
};

export class KannelGateway implements Gateway {
  readonly #settings: SmsSettings;

  /** Throws "keys.unusable": at the start, not at the first citizen. */
  constructor(settings: SmsSettings) {
    this.#settings = settings;
    loadPassword(settings.passwordFile);
    if (settings.caFile !== undefined) readFileSync(settings.caFile);
  }

  async send(sms: Sms): Promise<Handed> {
    try {
      const { status, body } = await this.#get(this.#address(sms));
      const taken = (status === 200 || status === 202) && TAKEN.test(body);
      return { taken, detail: `status ${status}${taken ? `, ${body[0]}` : ""}` };
    } catch (thrown) {
      const { code, name } = thrown as { readonly code?: unknown; readonly name?: unknown };
      return { taken: false, detail: String(code ?? name ?? "error") };
    }
  }

  #address({ to, text, token }: Sms): URL {
    const { url, username, passwordFile, sender, reportUrl, minutes } = this.#settings;
    const address = new URL(url);
    const said = {
      ...{ username, password: loadPassword(passwordFile), from: sender, to, text },
      ...{ charset: "UTF-8", coding: GSM_7_BIT, validity: String(minutes) },
      ...(reportUrl !== undefined && {
        "dlr-mask": ALL_REPORTS,
        "dlr-url": `${reportUrl.replace(/\/$/, "")}${REPORTS_PATH}/${token}?type=%d`,
      }),
    };
    for (const [name, value] of Object.entries(said)) address.searchParams.set(name, value);
    return address;
  }

  #get(address: URL): Promise<{ readonly status: number; readonly body: string }> {
    const { caFile } = this.#settings;
    const isTls = address.protocol === "https:";
    return new Promise((resolve, reject) => {
      const sent = (isTls ? requestTls : requestPlain)(
        address,
        {
          ...{ agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) },
          ...(isTls && { minVersion: "TLSv1.2" as const }),
          ...(isTls && caFile !== undefined && { ca: readFileSync(caFile) }),
        },
        (answer) => {
          let body = "";
          answer.setEncoding("utf8");
          answer.on("data", (piece: string) => {
            if (body.length < MAX_ANSWER_BYTES) body += piece;
          });
          answer.once("error", reject);
          answer.once("end", () => resolve({ status: answer.statusCode ?? 0, body }));
        },
      );
      sent.once("error", reject);
      sent.end();
    });
  }
}
