// How does the chip of a made-up citizen card answer, command by command?
import { randomBytes } from "node:crypto";
import type { CardFarEnd } from "../../hal/sim/far-ends.js";
import { type BacKeys, bacKeys } from "../access/bac.js";
import { retailMac, tdesDecrypt, tdesEncrypt } from "../access/des.js";
import { mrzInformation } from "../access/keys.js";
import { type Command, decodeCommand, encodeResponse, INS, type Response, SW } from "../apdu.js";
import { LDS1_AID } from "../lds/files.js";
import { concatBytes, equalBytes } from "../tlv.js";
import { CardMessaging } from "./card-messaging.js";
import { FileSystem, type ReadQuirks, type SimFile } from "./file-system.js";
import { type Misbehaviour, Mischief } from "./misbehaviour.js";

/** What the chip can do besides reading once a session stands: chip and active authentication. */
export interface SecuredService {
  /** Answers a command (already opened) that is its own; `null` for any other. */
  answer(command: Command): ServiceAnswer | null;
  /** The card left the field: what was begun is forgotten. */
  reset(): void;
}

export interface ServiceAnswer {
  readonly response: Response;
  /** Protects everything behind this answer, which itself still goes out under the old keys. */
  readonly next?: CardMessaging;
}

export interface SimChip extends ReadQuirks {
  /** Last nine of the number, birth and expiry as in the MRZ. */
  readonly secret: {
    readonly documentNumber: string;
    readonly birthDate: string;
    readonly expiryDate: string;
  };
  readonly files: ReadonlyMap<number, SimFile>;
  /** EF.CardAccess, `null` when there is none, or the status word of its refusal. */
  readonly cardAccess: Uint8Array | number;
  /** Errors inside the session come bare and end it. */
  readonly bareErrors?: boolean;
  /** Answer to a wrong secret. */
  readonly wrongKeyStatus?: number;
  /** Sends the reader's own authentication token back. */
  readonly echoesToken?: boolean;
  /** False: the chip has no eMRTD application. */
  readonly hasApplication?: boolean;
  readonly services?: readonly SecuredService[];
}

export interface SimCardControl {
  /** Commands seen since the card was made. */
  readonly apdus: number;
  /** EXTERNAL AUTHENTICATE commands seen, and how many of them with a wrong secret. */
  readonly authentications: { readonly tried: number; readonly refused: number };
  readonly activations: number;
  misbehave(wish: Misbehaviour): void;
}

export type SimCard = CardFarEnd & { readonly control: SimCardControl };

const NOTHING = new Uint8Array();
const status = (sw: number): Response => ({ data: NOTHING, sw });

class Chip implements CardFarEnd {
  readonly type = "A";
  uid: Uint8Array = randomUid();
  apdus = 0;
  activations = 0;
  tried = 0;
  refused = 0;
  readonly mischief = new Mischief();
  readonly #chip: SimChip;
  readonly #keys: BacKeys;
  readonly #files: FileSystem;
  #applicationSelected = false;
  #challenge: Uint8Array | null = null;
  #session: CardMessaging | null = null;
  #lastAnswer: Uint8Array = NOTHING;

  constructor(chip: SimChip) {
    this.#chip = chip;
    this.#files = new FileSystem(chip.files, chip);
    const { documentNumber, birthDate, expiryDate } = chip.secret;
    this.#keys = bacKeys(
      mrzInformation({ documentNumber, birthDate, expiryDates: [expiryDate] }, expiryDate),
    );
  }

  reset(): void {
    this.activations += 1;
    // A citizen card answers another random identifier at each activation (08 marks it as random).
    this.uid = randomUid();
    this.#applicationSelected = false;
    this.#endSession();
  }

  respond(commandApdu: Uint8Array): Uint8Array {
    this.apdus += 1;
    const command = decodeCommand(commandApdu);
    const before = this.#lastAnswer;
    const answer =
      command === null ? encodeResponse(status(SW.wrongLength)) : this.#dispatch(command, before);
    this.#lastAnswer = answer;
    return answer;
  }

  #dispatch(command: Command, before: Uint8Array): Uint8Array {
    if (this.#session !== null && (command.cla & 0x0c) === 0x0c)
      return this.#secured(this.#session, command, before);
    if (this.#session !== null) this.#endSession();
    if ((command.cla & 0x0c) !== 0) return encodeResponse(status(SW.smObjectMissing));
    return encodeResponse(this.#plain(command));
  }

  #endSession(): void {
    this.#session = null;
    this.#files.deselect();
    this.#challenge = null;
    for (const service of this.#chip.services ?? []) service.reset();
  }

  #plain(command: Command): Response {
    switch (command.ins) {
      case INS.select:
        return command.p1 === 4 ? this.#selectApplication(command) : this.#selectInTheClear(command);
      case INS.getChallenge:
        if (!this.#applicationSelected) return status(SW.conditionsNotSatisfied);
        this.#challenge = randomBytes(8);
        return { data: this.#challenge, sw: SW.ok };
      case INS.externalAuthenticate:
        return this.#authenticate(command);
      case INS.readBinary:
        if (this.#files.current?.name !== "EF.CardAccess") return status(SW.securityNotSatisfied);
        return this.#files.readBinary(command);
      default:
        return status(SW.insNotSupported);
    }
  }

  #selectApplication(command: Command): Response {
    if (this.#chip.hasApplication === false || !equalBytes(command.data ?? NOTHING, LDS1_AID)) {
      return status(SW.fileNotFound);
    }
    this.#applicationSelected = true;
    this.#files.deselect();
    return status(SW.ok);
  }

  /** Only EF.CardAccess can be selected without access; SELECT of the master file is unknown to these chips. */
  #selectInTheClear(command: Command): Response {
    if (command.p1 !== 2) return status(SW.insNotSupported);
    const { cardAccess } = this.#chip;
    if (!equalBytes(command.data ?? NOTHING, Uint8Array.from([0x01, 0x1c])))
      return status(SW.securityNotSatisfied);
    if (typeof cardAccess === "number") return status(cardAccess);
    this.#files.current = { name: "EF.CardAccess", bytes: cardAccess };
    return status(SW.ok);
  }

  #authenticate(command: Command): Response {
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
      return status(this.#chip.wrongKeyStatus ?? SW.authenticationFailed);
    }
    const [rndIfd, kIfd, kIc] = [plain.slice(0, 8), plain.slice(16), randomBytes(16)];
    const seed = kIfd.map((byte, index) => byte ^ (kIc[index] ?? 0));
    const counter = concatBytes(challenge.subarray(4), rndIfd.subarray(4));
    this.#session = new CardMessaging("3DES", seed, counter);
    if (this.#chip.echoesToken === true) return { data, sw: SW.ok };
    const token = tdesEncrypt(this.#keys.encryption, concatBytes(challenge, rndIfd, kIc));
    return { data: concatBytes(token, retailMac(this.#keys.mac, token)), sw: SW.ok };
  }

  #secured(session: CardMessaging, command: Command, before: Uint8Array): Uint8Array {
    const plain = session.open(command);
    if (plain === null) {
      this.#endSession();
      return encodeResponse(status(SW.smObjectWrong));
    }
    const odd = plain.ins % 2 === 1;
    for (const service of this.#chip.services ?? []) {
      const served = service.answer(plain);
      if (served === null) continue;
      if (served.next !== undefined) this.#session = served.next;
      return encodeResponse(session.protect(served.response, odd));
    }
    const good = this.#execute(plain);
    const isRead = plain.ins === INS.readBinary || plain.ins === INS.readBinaryOdd;
    const wish = isRead ? this.mischief.next(this.#files.current?.name ?? "") : null;
    if (wish !== null) return this.#misbehave(session, { wish, good, odd, before });
    if (this.#chip.bareErrors === true && good.sw !== SW.ok && good.sw !== SW.endOfFile) {
      this.#endSession();
      return encodeResponse(good);
    }
    return encodeResponse(session.protect(good, odd));
  }

  #misbehave(
    session: CardMessaging,
    act: {
      readonly wish: Misbehaviour;
      readonly good: Response;
      readonly odd: boolean;
      readonly before: Uint8Array;
    },
  ): Uint8Array {
    const { wish, good, odd, before } = act;
    const send = (response: Response, flaw = {}) => encodeResponse(session.protect(response, odd, flaw));
    switch (wish.kind) {
      case "wrongMac":
        return send(good, { wrongMac: true });
      case "missingDo99":
        return send(good, { withoutStatus: true });
      case "statusMismatch":
        return send(good, { otherStatus: wish.sw ?? SW.endOfFile });
      case "unprotectedData":
        return encodeResponse(good);
      case "bareStatus":
        this.#endSession();
        return encodeResponse(status(wish.sw ?? SW.smObjectWrong));
      case "protectedStatus":
        return send(status(wish.sw ?? SW.securityNotSatisfied));
      case "zeroBytes":
        return send(status(SW.ok));
      case "earlyEnd":
        return send({ data: good.data.subarray(0, good.data.length >> 1), sw: SW.endOfFile });
      case "tooManyBytes":
        return send({ data: concatBytes(good.data, Uint8Array.from([0])), sw: SW.ok });
      case "replay":
        return before;
      case "emptyAnswer":
        return NOTHING;
    }
  }

  #execute(command: Command): Response {
    switch (command.ins) {
      case INS.select:
        return this.#files.select(command);
      case INS.readBinary:
        return this.#files.readBinary(command);
      case INS.readBinaryOdd:
        return this.#files.readOdd(command);
      default:
        return status(SW.insNotSupported);
    }
  }
}

const randomUid = (): Uint8Array => Uint8Array.from([0x08, ...randomBytes(3)]);

/** A chip ready to be laid on the simulated reader, with the knobs beside it. */
export const startChip = (chip: SimChip): SimCard => {
  const card = new Chip(chip);
  return {
    get uid() {
      return card.uid;
    },
    type: card.type,
    reset: () => card.reset(),
    respond: (commandApdu) => card.respond(commandApdu),
    control: {
      get apdus() {
        return card.apdus;
      },
      get authentications() {
        return { tried: card.tried, refused: card.refused };
      },
      get activations() {
        return card.activations;
      },
      misbehave: (wish) => card.mischief.add(wish),
    },
  };
};
