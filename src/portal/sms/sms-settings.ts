// By which gateway are codes sent, and how many at most?
import { z } from "zod";

export interface SmsSettings {
  /** The gateway's sendsms address; http on this machine alone. */
  readonly url: string;
  readonly username: string;
  readonly passwordFile: string;
  /** PEM of the gateway's authority, where it is none that Node knows. */
  readonly caFile?: string;
  /** A registered brand name (11 signs at most) or a number. */
  readonly sender: string;
  /** Where the gateway reaches the portal for reports; absent: none are asked for. */
  readonly reportUrl?: string;
  /** A code counts for so long. */
  readonly minutes: number;
  readonly perNumberAndHour: number;
  readonly perKioskAndDay: number;
}

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "[::1]", "localhost"]);

const isGuarded = (text: string): boolean => {
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.has(hostname));
};

const guardedUrl = z.url().refine(isGuarded, "https, or http on this machine (127.0.0.1), please");

export const smsSettingsShape = z.strictObject({
  url: guardedUrl,
  username: z.string().min(1),
  passwordFile: z.string().min(1),
  caFile: z.string().min(1).exactOptional(),
  sender: z
    .string()
    .regex(/^([A-Za-z0-9 ._-]{1,11}|\+?\d{3,15})$/, "a brand name of 11 signs, or a number, please"),
  reportUrl: guardedUrl.exactOptional(),
  minutes: z.int().min(2, "2 at least, please").max(15, "15 at most, please").default(5),
  perNumberAndHour: z.int().min(1).max(20, "20 at most, please").default(3),
  perKioskAndDay: z.int().min(1).max(10_000).default(200),
});
