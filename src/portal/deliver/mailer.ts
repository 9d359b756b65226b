// How does a certified copy reach a citizen's mailbox?
//
// SMTP can not promise "once": between the server's 250 and our commit a cut leaves it open whether the message
// went. It is then sent again under the same Message-ID and Date, which mailboxes that look take for the one they
// have. 4xx and a lost connection come again, 5xx about the address or the message is final (RFC 5321, 4.2.1);
// 5xx about our own login is the operator's matter and no reason to give up a citizen's letter.
import { readFileSync } from "node:fs";
import { createTransport, type SendMailOptions } from "nodemailer";
import { z } from "zod";
import { FaultError } from "../../core/faults.js";
import type { Courier, Parcel, Sent } from "./parcel.js";

export interface MailOptions {
  readonly host: string;
  readonly port: number;
  /** "none" is for a relay on this very machine. */
  readonly security: "tls" | "starttls" | "none";
  readonly login?: { readonly user: string; readonly passwordFile: string };
  /** PEM of the server's authority, where it is none that Node knows. */
  readonly caFile?: string;
  readonly from: string;
  /** "pdf": the copy itself; "link": only where it is fetched, with slip and number. */
  readonly send: "pdf" | "link";
  /** https://… of the portal's public pages. */
  readonly publicUrl: string;
}

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);
const TIMEOUT_MS = 60_000;
const FIRST_PERMANENT = 500;

const address = z.email().max(254);

const transportOf = (options: MailOptions) => {
  const { host, port, security, login, caFile } = options;
  if (security === "none" && !LOOPBACK.has(host))
    throw new FaultError(
      "runtime.internal",
      `mail: "${host}" without TLS: only a relay on this machine may be spoken to in the clear`,
    );
  return createTransport({
    ...{ host, port, secure: security === "tls", requireTLS: security === "starttls" },
    ...(security === "none" && { ignoreTLS: true }),
    ...(login && { auth: { user: login.user, pass: readFileSync(login.passwordFile, "utf8").trim() } }),
    tls: { minVersion: "TLSv1.2", ...(caFile !== undefined && { ca: readFileSync(caFile) }) },
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    // Nothing that a form holds may make the portal read its own files or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
};

const fileName = (parcel: Parcel): string => `ban-sao-${parcel.copy.sha256.slice(0, 12)}.pdf`;

const bodyOf = (parcel: Parcel, options: MailOptions): string => {
  const { title, statement } = parcel.copy;
  const where = new URL("/lookup", options.publicUrl).href;
  const check = new URL("/verify", options.publicUrl).href;
  const opinion =
    parcel.opinion === undefined ? null : new URL(`/opinion/${parcel.opinion}`, options.publicUrl).href;
  const date = statement.date.split("-").reverse().join("/");
  const how =
    options.send === "pdf"
      ? ["Bản sao điện tử được gửi kèm thư này.", "The electronic copy is attached."]
      : [
          `Tải bản sao tại ${where} bằng mã trên phiếu hẹn và số định danh của ông/bà.`,
          `Fetch it at ${where} with the code on your slip and your citizen number.`,
        ];
  return [
    `Bản sao điện tử "${title.vi}" đã được chứng thực: số ${statement.registerNumber}, quyển số ${statement.book}, ngày ${date}, ${statement.authority}.`,
    how[0],
    ...(opinion === null ? [] : [`Ông/bà có hài lòng không? Xin cho ý kiến, không ghi tên, tại ${opinion}`]),
    `Kiểm tra bản sao tại ${check}. Thư này gửi tự động, xin không trả lời.`,
    "",
    `Your certified electronic copy "${title.en}": number ${statement.registerNumber}, book ${statement.book}, ${statement.date}, ${statement.authority}.`,
    how[1],
    ...(opinion === null ? [] : [`Are you content? Tell us, without a name, at ${opinion}`]),
    `Anyone can check it at ${check}. This message was sent automatically; please do not reply.`,
    "",
  ].join("\n");
};

const messageOf = (parcel: Parcel, options: MailOptions): SendMailOptions => ({
  from: options.from,
  to: { name: "", address: parcel.recipient },
  subject:
    parcel.language === "en"
      ? `Certified electronic copy: ${parcel.copy.title.en}`
      : `Bản sao điện tử có chứng thực: ${parcel.copy.title.vi}`,
  messageId: `<${parcel.key}@${new URL(options.publicUrl).hostname}>`,
  date: new Date(parcel.copy.certifiedAtMs),
  headers: { "Auto-Submitted": "auto-generated" },
  text: bodyOf(parcel, options),
  ...(options.send === "pdf" && {
    attachments: [
      {
        filename: fileName(parcel),
        content: Buffer.from(parcel.pdf),
        contentType: "application/pdf",
        contentDisposition: "attachment" as const,
      },
    ],
  }),
});

interface SmtpError {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly message: string;
}

/** The server's words may repeat the address: only its numbers and the kind of error are kept. */
const failureOf = (thrown: unknown): Sent => {
  const { code = "error", responseCode, response } = thrown as SmtpError;
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response ?? "")?.[1];
  const detail = [code, responseCode, enhanced].filter((part) => part !== undefined).join(" ");
  const isAboutTheLetter = code === "EENVELOPE" || code === "EMESSAGE";
  const isFinal = isAboutTheLetter && responseCode !== undefined && responseCode >= FIRST_PERMANENT;
  return { kind: isFinal ? "failed" : "later", detail };
};

export class Mailer implements Courier {
  readonly #options: MailOptions;
  readonly #transport: ReturnType<typeof transportOf>;

  /** Throws when the settings can not work: at the start, not at the first citizen. */
  constructor(options: MailOptions) {
    this.#options = options;
    this.#transport = transportOf(options);
  }

  async send(parcel: Parcel, signal: AbortSignal): Promise<Sent> {
    if (!address.safeParse(parcel.recipient).success)
      return { kind: "failed", detail: "the address is no e-mail address" };
    try {
      const sending = this.#transport.sendMail(messageOf(parcel, this.#options));
      const stopped = new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      });
      const { response } = await Promise.race([sending, stopped]);
      return { kind: "delivered", detail: response.slice(0, 3) };
    } catch (thrown) {
      return failureOf(thrown);
    }
  }
}
