// What does a visit know of the payment of its fee? (Nothing of it is personal.)

/** A QR code, ready to be drawn. */
export interface QrPicture {
  /** Modules a side, without the quiet zone. */
  readonly side: number;
  /** Path of the dark modules in an SVG, one unit a module. */
  readonly path: string;
}

/** Why it can not be paid at the kiosk; it is paid at the desk then. */
export type DeskReason = "offline" | "wrongAmount" | "expired";

export type PaymentOrder =
  | {
      readonly kind: "open";
      readonly reference: string;
      /** Who holds the account, as the payer's app will name them. */
      readonly payee: string;
      readonly qr: QrPicture;
      readonly secondsLeft: number;
    }
  | { readonly kind: "paid"; readonly reference: string }
  /** "noPayments": this kiosk or its portal never takes any. */
  | { readonly kind: "desk"; readonly reason: DeskReason | "noPayments"; readonly reference: string | null };

/** As the slip says it. */
export interface SlipFee {
  readonly amountVnd: number;
  readonly paid: boolean;
  /** By which the payment is known at the portal; null: none was asked for. */
  readonly reference: string | null;
}
