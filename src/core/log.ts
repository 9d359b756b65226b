// Which events can the program log, and with which fields?
//
// Rooms log only through `Log`, so a line that is not in the catalogue does not compile and
// personal data has no field to go into. The pino writer lives in src/ops/log.ts.
import type { CauseKind } from "./causes.js";
import type { FaultCode, Part } from "./faults.js";

export interface EventCatalogue {
  "kiosk.started": { readonly version: string; readonly board: string; readonly startMs: number };
  "kiosk.stopping": { readonly reason: string };
  "kiosk.error": { readonly where: string; readonly message: string; readonly stack?: string };
  /** A part of the runtime did not answer in time; systemd's watchdog is not fed until it does. */
  "health.silent": { readonly part: string; readonly detail: string };
  "health.back": { readonly part: string };
  /** Lines that the log's disk did not take, and why the first of them; they were on the console alone. */
  "log.missed": { readonly lines: number; readonly detail: string };
  "clock.suspect": { readonly wallMs: number; readonly floorMs: number };
  "device.state": {
    readonly device: Part;
    readonly state: string;
    readonly presence?: string;
    readonly fault?: FaultCode;
    readonly cause?: CauseKind;
    readonly detail?: string;
  };
  "device.reopen": { readonly device: Part; readonly attempt: number; readonly waitMs: number };
  /** Lost too often: reopened seldom from now on, until it is restarted, plugged in anew or holds. */
  "device.quarantined": { readonly device: Part; readonly losses: number; readonly retryInMs: number };
  "device.released": { readonly device: Part; readonly reason: string };
  /** What the line powerLost says: mains is gone, is back, or stayed away too long. */
  "power.mains": { readonly state: "lost" | "back" | "switchingOff"; readonly detail?: string };
  "device.plugged": { readonly device: Part };
  "visit.started": { readonly visit: number };
  "visit.step": { readonly visit: number; readonly step: string };
  "visit.ended": { readonly visit: number; readonly how: string; readonly seconds: number };
  "visit.fault": { readonly visit: number; readonly fault: FaultCode; readonly detail: string };
  "print.outcome": { readonly job: number; readonly outcome: string; readonly fence?: string };
  "submission.enqueued": { readonly submission: string; readonly sequence: number; readonly bytes: number };
  /** What a paper was handed in as: "sealed" or "unsealed" PDF, or "pictures" when none could be made. */
  "submission.scan": {
    readonly submission: string;
    readonly paper: string;
    readonly pages: number;
    readonly made: "sealed" | "unsealed" | "pictures";
    readonly detail?: string;
  };
  "submission.state": { readonly submission: string; readonly state: string };
  /** Whether the kiosk can sign with its key on a token. */
  "key.state": { readonly state: "ready" | "unusable"; readonly fault?: FaultCode; readonly detail?: string };
  "link.state": { readonly state: string; readonly detail?: string };
  /** A step of getting, trying or changing the certificate that the broker sees. */
  "link.certificate": { readonly step: string; readonly serial?: string; readonly detail?: string };
  "store.opened": { readonly sqlite: string; readonly synchronous: number; readonly migrated: number };
  "store.reconciled": { readonly intents: number; readonly inDoubt: number; readonly orphans: number };
  "store.setAside": { readonly folder: string; readonly reason: string };
  "store.rebuilt": { readonly folder: string; readonly submissions: number };
  "store.lost": { readonly submission: string; readonly why: string };
  "link.message": { readonly kind: string; readonly problem: string };
  "portal.started": { readonly url: string };
  "portal.taken": { readonly kiosk: string; readonly submission: string; readonly receipt: string };
  "portal.sms": { readonly kiosk: string; readonly taken: boolean; readonly detail: string };
  "portal.refused": { readonly kiosk: string; readonly submission: string; readonly reason: string };
  "portal.seal": { readonly kiosk: string };
  "portal.certificate": { readonly kiosk: string; readonly result: string; readonly serial?: string };
  "portal.certified": { readonly copy: string; readonly step: string };
  "portal.delivery": {
    readonly copy: string;
    readonly way: string;
    readonly result: string;
    readonly detail: string;
  };
  /** A bank's notice of a transfer that was taken in. */
  "portal.payment": { readonly result: string; readonly reference: string };
  "portal.command": { readonly kiosk: string; readonly command: string; readonly stage: string };
  /** One bundle from a technician's stick, gone through once. */
  "portal.courier": {
    readonly kiosk: string;
    readonly bundle: string;
    readonly taken: number;
    readonly known: number;
    readonly refused: number;
    readonly damaged: number;
    readonly postponed: number;
  };
  "portal.link": { readonly state: string; readonly detail?: string };
  "screen.state": { readonly state: string; readonly detail?: string };
  /** A step of getting or judging a new program. */
  "update.step": { readonly step: string; readonly build: number; readonly detail?: string };
  "worker.state": { readonly worker: string; readonly state: string; readonly detail?: string };
}

export type EventName = keyof EventCatalogue;
export type Level = "debug" | "info" | "warn" | "error";

/** Severity by event; the writer reads it, callers never choose. */
export const EVENT_LEVEL: Readonly<Record<EventName, Level>> = {
  "kiosk.started": "info",
  "kiosk.stopping": "info",
  "kiosk.error": "error",
  "health.silent": "error",
  "health.back": "info",
  "log.missed": "warn",
  "clock.suspect": "warn",
  "power.mains": "warn",
  "device.state": "info",
  "device.reopen": "debug",
  "device.quarantined": "warn",
  "device.released": "info",
  "device.plugged": "info",
  "visit.started": "info",
  "visit.step": "debug",
  "visit.ended": "info",
  "visit.fault": "warn",
  "print.outcome": "info",
  "submission.enqueued": "info",
  "submission.scan": "info",
  "submission.state": "info",
  "key.state": "warn",
  "link.state": "info",
  "link.certificate": "info",
  "store.opened": "info",
  "store.reconciled": "info",
  "store.setAside": "error",
  "store.rebuilt": "warn",
  "store.lost": "error",
  "link.message": "warn",
  "portal.started": "info",
  "portal.taken": "info",
  "portal.sms": "info",
  "portal.refused": "warn",
  "portal.seal": "info",
  "portal.certificate": "info",
  "portal.certified": "info",
  "portal.delivery": "info",
  "portal.payment": "info",
  "portal.command": "info",
  "portal.courier": "info",
  "portal.link": "info",
  "screen.state": "info",
  "update.step": "info",
  "worker.state": "info",
};

export type Log = <N extends EventName>(event: N, fields: EventCatalogue[N]) => void;

/** A log that keeps nothing; for command-line verbs that print their own result. */
export const silentLog: Log = () => {};
