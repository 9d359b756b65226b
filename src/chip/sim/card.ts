// How does the chip of a made-up citizen card answer, command by command?
import { randomBytes } from "node:crypto";
import type { CardFarEnd } from "../../hal/sim/far-ends.js";
import { canSecret, mrzInformation, mrzSecret } from "../access/keys.js";
import { type Command, decodeCommand, encodeResponse, INS, type Response, SW } from "../apdu.js";
import { LDS1_AID } from "../lds/files.js";
import { concatBytes, equalBytes } from "../tlv.js";
import { type BacQuirks, CardBac } from "./bac.js";
import type { CardMessaging } from "./card-messaging.js";
import { FileSystem, type ReadQuirks, type SimFile } from "./file-system.js";
import { type Misbehaviour, Mischief } from "./misbehaviour.js";
import { CardPace, type SimPace } from "./pace.js";
import { writeCardAccess } from "./security-infos.js";

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

export interface SimChip extends ReadQuirks, BacQuirks {
  /** Last nine of the number, birth and expiry as in the MRZ. */
  readonly secret: {
    readonly documentNumber: string;
    readonly birthDate: string;
    readonly expiryDate: string;
  };
  readonly files: ReadonlyMap<number, SimFile>;
  /** EF.CardAccess, or the status word of its refusal. */
  readonly cardAccess: Uint8Array | number;
  /** The chip does PACE and lists its offers in EF.CardAccess, whatever `cardAccess` says. */
  readonly pace?: SimPace;
  /** EF.CardSecurity, readable in the master file once a session stands. */
  readonly cardSecurity?: Uint8Array;
  /** True: SELECT of the master file works; other chips answer 6D00. */
  readonly selectsMasterFile?: boolean;
  /** False: the chip answers PACE only. */
  readonly bac?: boolean;
  /** Errors inside the session come bare and end it. */
  readonly bareErrors?: boolean;
  /** False: the chip has no eMRTD application. */
  readonly hasApplication?: boolean;
  readonly services?: readonly SecuredService[];
}

export interface SimCardControl {
  /** Commands seen since the card was made. */
  readonly apdus: number;
  /** Secrets shown by BAC or PACE, and how many of them were wrong. */
  readonly authentications: { readonly tried: number; readonly refused: number };
  /** Of these, tokens of PACE by password. */
  readonly paceTries: Readonly<Record<"MRZ" | "CAN", { readonly tried: number; readonly refused: number }>>;
  readonly activations: number;
  misbehave(wish: Misbehaviour): void;
}

export type SimCard = CardFarEnd & { readonly control: SimCardControl };

const NOTHING = new Uint8Array();
const status = (sw: number): Response => ({ data: NOTHING, sw });

/** Identifiers of the files under the master file; those of the application overlap with them. */
const CARD_ACCESS = 0x1c;
const CARD_SECURITY = 0x1d;

const masterFiles = ({ cardAccess, pace, cardSecurity }: SimChip): ReadonlyMap<number, SimFile> => {
  const files = new Map<number, SimFile>();
  const offered = pace === undefined ? cardAccess : writeCardAccess(pace.offers);
  if (typeof offered !== "number") files.set(CARD_ACCESS, { name: "EF.CardAccess", bytes: offered });
  if (cardSecurity !== undefined) files.set(CARD_SECURITY, { name: "EF.CardSecurity", bytes: cardSecurity });
  return files;
};

class Chip implements CardFarEnd {
  readonly type = "A";
  uid: Uint8Array = randomUid();
  apdus = 0;
  activations = 0;
  readonly bac: CardBac;
  readonly pace: CardPace | null;
  readonly mischief = new Mischief();
  readonly #chip: SimChip;
  readonly #files: FileSystem;
  readonly #masterFile: FileSystem;
  #applicationSelected = false;
  #session: CardMessaging | null = null;
  #lastAnswer: Uint8Array = NOTHING;

  constructor(chip: SimChip) {
    this.#chip = chip;
    this.#files = new FileSystem(chip.files, chip);
    this.#masterFile = new FileSystem(masterFiles(chip), chip);
    const { documentNumber, birthDate, expiryDate } = chip.secret;
    const information = mrzInformation({ documentNumber, birthDate, expiryDates: [expiryDate] }, expiryDate);
    this.bac = new CardBac(information, chip);
    const can = chip.pace?.can === undefined ? null : canSecret(chip.pace.can);
    this.pace =
      chip.pace === undefined ? null : new CardPace(chip.pace, { MRZ: mrzSecret(information), CAN: can });
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
    this.#masterFile.deselect();
    this.bac.reset();
    this.pace?.reset();
    for (const service of this.#chip.services ?? []) service.reset();
  }

  #plain(command: Command): Response {
    switch (command.ins) {
      case INS.select:
        return command.p1 === 4 ? this.#selectApplication(command) : this.#selectInTheClear(command);
      case INS.getChallenge:
        if (!this.#applicationSelected || this.#chip.bac === false) return status(SW.conditionsNotSatisfied);
        return this.bac.challenge();
      case INS.externalAuthenticate:
        return this.#begin(this.bac.authenticate(command));
      case INS.manageSecurityEnvironment:
        return this.#selectPace(command);
      case INS.generalAuthenticate:
        return this.pace === null ? status(SW.insNotSupported) : this.#begin(this.pace.authenticate(command));
      case INS.readBinary:
        return this.#readInTheClear(command);
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

  /** Only EF.CardAccess can be selected without access. */
  #selectInTheClear(command: Command): Response {
    if (command.p1 === 0) return this.#selectMasterFile();
    if (command.p1 !== 2) return status(SW.insNotSupported);
    const { cardAccess } = this.#chip;
    if (!equalBytes(command.data ?? NOTHING, Uint8Array.from([0x01, CARD_ACCESS])))
      return status(SW.securityNotSatisfied);
    if (typeof cardAccess === "number" && this.#chip.pace === undefined) return status(cardAccess);
    return this.#applicationSelected ? status(SW.fileNotFound) : this.#masterFile.select(command);
  }

  #selectMasterFile(): Response {
    if (this.#chip.selectsMasterFile !== true) return status(SW.insNotSupported);
    this.#applicationSelected = false;
    this.#files.deselect();
    return status(SW.ok);
  }

  #begin(outcome: { readonly response: Response; readonly session?: CardMessaging }): Response {
    if (outcome.session !== undefined) this.#session = outcome.session;
    return outcome.response;
  }

  #selectPace(command: Command): Response {
    if (this.pace === null) return status(SW.insNotSupported);
    if (this.#chip.pace?.onlyInMasterFile === true && this.#applicationSelected) {
      return status(SW.conditionsNotSatisfied);
    }
    return this.pace.select(command);
  }

  #readInTheClear(command: Command): Response {
    const byShortId = (command.p1 & 0x80) !== 0;
    if (byShortId && ((command.p1 & 0x1f) !== CARD_ACCESS || this.#applicationSelected)) {
      return status(SW.securityNotSatisfied);
    }
    if (byShortId && typeof this.#chip.cardAccess === "number" && this.#chip.pace === undefined) {
      return status(this.#chip.cardAccess);
    }
    if (!byShortId && this.#masterFile.current?.name !== "EF.CardAccess")
      return status(SW.securityNotSatisfied);
    return this.#masterFile.readBinary(command);
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
    const wish = isRead ? this.mischief.next(this.#current().current?.name ?? "") : null;
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

  #current(): FileSystem {
    return this.#applicationSelected ? this.#files : this.#masterFile;
  }

  #execute(command: Command): Response {
    const files = this.#current();
    switch (command.ins) {
      case INS.select:
        if (command.p1 === 4) return this.#selectApplication(command);
        return command.p1 === 0 ? this.#selectMasterFile() : files.select(command);
      case INS.readBinary:
        return files.readBinary(command);
      case INS.readBinaryOdd:
        return files.readOdd(command);
      default:
        return status(SW.insNotSupported);
    }
  }
}

const triesOf = (pace: CardPace) => (kind: "MRZ" | "CAN") => ({
  tried: pace.tried[kind],
  refused: pace.refused[kind],
});

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
        const { bac, pace } = card;
        const all = [bac, ...(pace === null ? [] : (["MRZ", "CAN"] as const).map(triesOf(pace)))];
        return {
          tried: all.reduce((sum, { tried }) => sum + tried, 0),
          refused: all.reduce((sum, { refused }) => sum + refused, 0),
        };
      },
      get paceTries() {
        const none = { tried: 0, refused: 0 };
        if (card.pace === null) return { MRZ: none, CAN: none };
        return { MRZ: triesOf(card.pace)("MRZ"), CAN: triesOf(card.pace)("CAN") };
      },
      get activations() {
        return card.activations;
      },
      misbehave: (wish) => card.mischief.add(wish),
    },
  };
};
