// How does the simulated chip answer BAC? (Doc 9303-11 clause 4.3)
import { randomBytes } from "node:crypto";
import { bacKeys } from "../access/bac.js";
import { retailMac, tdesDecrypt, tdesEncrypt } from "../access/des.js";
import { type Command, type Response, SW } from "../apdu.js";
import { concatBytes, equalBytes } from "../tlv.js";
import { CardMessaging } from "./card-messaging.js";

export interface BacQuirks {
  /** Answer to a wrong secret. */
  readonly wrongKeyStatus?: number;
  /** Sends the reader's own authentication token back. */
  readonly echoesToken?: boolean;
}

const NOTHING = new Uint8Array();
const status = (sw: number): { readonly response: Response } => ({ response: { data: NOTHING, sw } });

export class CardBac {
  tried = 0;
  refused = 0;
  readonly #keys: ReturnType<typeof bacKeys>;
  readonly #quirks: BacQuirks;
  #challenge: Uint8Array | null = null;

  constructor(mrzInformation: string, quirks: BacQuirks) {
    this.#keys = bacKeys(mrzInformation);
    this.#quirks = quirks;
  }

  reset(): void {
    this.#challenge = null;
  }

  challenge(): Response {
    this.#challenge = randomBytes(8);
    return { data: this.#challenge, sw: SW.ok };
  }

  authenticate(command: Command): { readonly response: Response; readonly session?: CardMessaging } {
    const challenge = this.#challenge;
    const data = command.data ?? NOTHING;
    this.#challenge = null;
    if (challenge === null) return status(SW.conditionsNotSatisfied);
    if (data.length !== 40) return status(SW.wrongLength);
    this.tried += 1;
    const cryptogram = data.subarray(0, 32);
    const plain = tdesDecrypt(this.#keys.encryption, cryptogram);
    const macHolds = equalBytes(data.subarray(32), retailMac(this.#keys.mac, cryptogram));
    if (!macHolds || !equalBytes(plain.subarray(8, 16), challenge)) {
      this.refused += 1;
      return status(this.#quirks.wrongKeyStatus ?? SW.authenticationFailed);
    }
    const [rndIfd, kIfd, kIc] = [plain.slice(0, 8), plain.slice(16), randomBytes(16)];
    const seed = kIfd.map((byte, index) => byte ^ (kIc[index] ?? 0));
    const counter = concatBytes(challenge.subarray(4), rndIfd.subarray(4));
    const session = new CardMessaging("3DES", seed, counter);
    const token = tdesEncrypt(this.#keys.encryption, concatBytes(challenge, rndIfd, kIc));
    const proof = concatBytes(token, retailMac(this.#keys.mac, token));
    const shown = this.#quirks.echoesToken === true ? data : proof;
    return { response: { data: shown, sw: SW.ok }, session };
  }
}
