// What does the link need from the house, and what does the house see of it?
import type { Clock } from "../core/clock.js";
import type { Fault } from "../core/faults.js";
import type { Log } from "../core/log.js";
import type { ReadManifest } from "../store/record.js";
import type { Store, SubmissionStatus } from "../store/store.js";
import type { CertificateOptions } from "./certificates/identity.js";
import type { Obedience } from "./command-line.js";
import type { DeviceConditions } from "./device-alerts.js";
import type {
  CodeMessage,
  CodeWish,
  FeeMessage,
  FeeWish,
  FoundFee,
  StoredCopy,
} from "./protocol/messages.js";
import type { OpinionResult } from "./protocol/queue.js";
import type { ConnectWire, WireTls } from "./protocol/wire.js";
import type { QueueLine, QueueParts } from "./queue.js";
import type { LinkTimings } from "./timings.js";
import type { UpdateOptions } from "./update-line.js";

export type LinkState = "connecting" | "up" | "down";

export interface LinkOptions {
  readonly store: Store;
  readonly kioskId: string;
  /** mqtt:// or mqtts:// */
  readonly url: string;
  readonly tls?: WireTls;
  /** The kiosk's own key and certificate, and their renewal; then `tls` is not used. */
  readonly certificates?: CertificateOptions;
  readonly version?: string;
  /** Paper, doors, temperature …: flat values, nothing personal. */
  readonly telemetry: () => Readonly<Record<string, string | number | boolean | null>>;
  /** Numbers beside them, e.g. "temperatureCelsius"; null: could not be measured. */
  readonly figures?: () => Promise<Readonly<Record<string, number | null>>>;
  /** Figures that nobody hears wait in this folder; left out: they are lost. */
  readonly telemetryDir?: string;
  /** Told at once when one changes, beside the figures; left out: nothing is told. */
  readonly devices?: DeviceConditions;
  /** Left out: no command is obeyed or answered. */
  readonly obedience?: Obedience;
  /** The queue of the place; left out: numbers are told to nobody. */
  readonly queue?: QueueParts;
  /** Tells a manifest that is bad from one whose key the portal does not know; left out: it is bad. */
  readonly readManifest?: ReadManifest;
  /** Left out: no new program is taken over the link. */
  readonly updates?: UpdateOptions;
  readonly clock: Clock;
  readonly log: Log;
  readonly timings?: Partial<LinkTimings>;
  /** Left out: MQTT 5 to `url`. */
  readonly connect?: ConnectWire;
  /** Of the jitter between connections; 0 ≤ x < 1. */
  readonly random?: () => number;
}

/** What the portal says of an application just now. */
export interface FoundStatus extends SubmissionStatus {
  /** Left out: it costs nothing, or the portal does not tell. */
  readonly fee?: FoundFee | undefined;
}

export interface Link {
  readonly state: LinkState;
  /** Why the last try failed, where a person has to do something about it: certificates, the clock. Null when up. */
  readonly fault?: Fault | null;
  watch(listener: (state: LinkState) => void): () => void;
  /** Every status that comes from the portal, after it is stored. */
  watchStatus(listener: (status: SubmissionStatus) => void): () => void;
  /** The status as soon as the portal's receipt is stored; null when `timeoutMs` passed first. */
  whenStatus(submissionId: string, timeoutMs: number, signal?: AbortSignal): Promise<SubmissionStatus | null>;
  /** Asks the portal, also for slips of other kiosks; null: it knows none. Throws "link.down" when it can not be asked. */
  lookUp(lookupHash: string, signal?: AbortSignal): Promise<FoundStatus | null>;
  /**
   * The certified copy that is stored under this code for this person, to be used again; null: there is none, or
   * it is not theirs. A revoked one is found, and says so. Throws "link.down" when it can not be asked, or when no
   * answer came within `timeoutMs`.
   */
  findStoredCopy(wish: StoredCopyWish, timeoutMs: number, signal?: AbortSignal): Promise<StoredCopy | null>;
  /** How the queue stands by the portal's last word; left out: this kiosk has none. */
  readonly queue?: Pick<QueueLine, "state" | "watch">;
  /** How content somebody is with the result of an application. Throws "link.down" when it can not be said. */
  sayOpinion?(lookupHash: string, stars: number, signal?: AbortSignal): Promise<OpinionResult>;
  /**
   * How the fee of a submission of this kiosk can be paid, and how far that is. Throws "link.down" when it can not be
   * asked, or when no answer came within `timeoutMs`.
   */
  askFee(wish: FeeQuestion, timeoutMs: number, signal?: AbortSignal): Promise<FeeMessage>;
  /**
   * Has a code sent to a number, or asks whether this is the code. Left out, or throws "link.down": it can not be
   * asked, or no answer came within `timeoutMs`.
   */
  askCode?(wish: CodeWish, timeoutMs: number, signal?: AbortSignal): Promise<CodeMessage>;
  /** Every word of the portal about a fee, asked for or not; returns the unsubscribe. */
  watchFee(listener: (message: FeeMessage) => void): () => void;
  close(): Promise<void>;
}

export type FeeQuestion = Omit<FeeWish, "v" | "id">;

export interface StoredCopyWish {
  /** As it stands on the slip or in its QR. */
  readonly lookupCode: string;
  /** The citizen's 12 digits. */
  readonly number: string;
  /** What the procedure asks for, where it asks for one kind of paper. */
  readonly paperClass?: string;
}
