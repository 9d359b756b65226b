// What is handed to a way of delivery, and what can come of it?
import type { Copy } from "../copies/copies.js";

export interface Parcel {
  /** The same at every attempt: the other end knows by it what it has already. */
  readonly key: string;
  readonly copy: Copy;
  readonly pdf: Uint8Array;
  /** As the citizen wrote it down, or as the chip said; checked by the way itself. */
  readonly recipient: string;
  /** For the address at which the result can be rated. */
  readonly opinion?: string;
  readonly language: "vi" | "en";
}

/** The first is the end of it; "later" is tried again; "failed" is for a person to look at. */
export type Sent =
  | { readonly kind: "delivered"; readonly detail: string }
  | { readonly kind: "later"; readonly detail: string; readonly notBeforeMs?: number }
  | { readonly kind: "failed"; readonly detail: string };

/** Never throws: whatever went wrong is one of the three. */
export interface Courier {
  send(parcel: Parcel, signal: AbortSignal): Promise<Sent>;
}
