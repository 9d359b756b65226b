// Which QR code asks a Vietnamese bank's app for one transfer of one amount to one account?
//
// NAPAS's profile of EMVCo's merchant-presented mode ("VietQR"): field 38 is a template of the domestic payment
// network with the receiving bank and account inside. The payer's app asks the bank for the account holder's name, so
// neither name nor city stands in a transfer's code.
import { openObjects, PaymentCodeError, readObjects, sealObjects, writeObjects } from "./emv-qr.js";

/** Of NAPAS, registered by ISO/IEC 7816-5. */
const APPLICATION = "A000000727";
/** ISO 4217: the Vietnamese đồng, which has no smaller unit in use. */
const CURRENCY = "704";
const COUNTRY = "VN";
const FORMAT = "01";
/** Shown for one payment, and not printed on a wall ("11"). */
const DYNAMIC = "12";

/** To an account, or to a card. */
export const SERVICES = ["QRIBFTTA", "QRIBFTTC"] as const;
export type Service = (typeof SERVICES)[number];

export interface Transfer {
  /** Six digits that NAPAS gave to the receiving bank. */
  readonly bankBin: string;
  /** 1 … 19 letters and digits. */
  readonly account: string;
  readonly service: Service;
  /** Whole đồng, 1 … 9,999,999,999,999. */
  readonly amountVnd: number;
  /** 1 … 25 upper-case letters and digits: comes back in the bank's notice. */
  readonly reference: string;
  /** Words of the transfer, 1 … 25 signs of ASCII: people see them, and the reference must be in them. */
  readonly purpose: string;
}

export const BANK_BIN = /^\d{6}$/;
export const ACCOUNT = /^[A-Za-z0-9]{1,19}$/;
const REFERENCE = /^[A-Z0-9]{1,25}$/;
const PURPOSE = /^[A-Za-z0-9 ]{1,25}$/;
/** Section 4.7.6: at most 13 signs. */
const AMOUNT = /^[1-9]\d{0,12}$/;

const must = (value: string, pattern: RegExp, what: string): string => {
  if (!pattern.test(value)) throw new PaymentCodeError(`${what}: "${value}" is not possible`);
  return value;
};

/** The text of the code. Throws `PaymentCodeError` for what no code can hold. */
export const writeTransfer = (transfer: Transfer): string => {
  const { bankBin, account, service, amountVnd, reference, purpose } = transfer;
  if (!purpose.includes(reference)) throw new PaymentCodeError("the purpose does not hold the reference");
  const beneficiary = writeObjects([
    { id: "00", value: must(bankBin, BANK_BIN, "bank") },
    { id: "01", value: must(account, ACCOUNT, "account") },
  ]);
  return sealObjects([
    { id: "00", value: FORMAT },
    { id: "01", value: DYNAMIC },
    {
      id: "38",
      value: writeObjects([
        { id: "00", value: APPLICATION },
        { id: "01", value: beneficiary },
        { id: "02", value: service },
      ]),
    },
    { id: "53", value: CURRENCY },
    { id: "54", value: must(String(amountVnd), AMOUNT, "amount") },
    { id: "58", value: COUNTRY },
    {
      id: "62",
      value: writeObjects([
        { id: "05", value: must(reference, REFERENCE, "reference") },
        { id: "08", value: must(purpose, PURPOSE, "purpose") },
      ]),
    },
  ]);
};

const only = (objects: ReadonlyMap<string, string>, where: string, ...ids: readonly string[]): string[] => {
  for (const id of objects.keys())
    if (!ids.includes(id)) throw new PaymentCodeError(`${where}: field ${id} has no place here`);
  return ids.map((id) => {
    const value = objects.get(id);
    if (value === undefined) throw new PaymentCodeError(`${where}: field ${id} is missing`);
    return value;
  });
};

const same = (value: string, wanted: string, what: string): void => {
  if (value !== wanted) throw new PaymentCodeError(`${what} is "${value}" and not "${wanted}"`);
};

/**
 * Reads exactly what `writeTransfer` writes; a field more or less, or one in another place, is an error. What is shown
 * to somebody who pays must hold nothing that this program does not know. Throws `PaymentCodeError`.
 */
export const readTransfer = (text: string): Transfer => {
  const all = openObjects(text);
  const [format = "", method = "", network = "", currency = "", amount = "", country = "", more = ""] = only(
    ...[all, "code", "00", "01", "38", "53", "54", "58", "62", "63"],
  );
  same(format, FORMAT, "the format");
  same(method, DYNAMIC, "the method");
  same(currency, CURRENCY, "the currency");
  same(country, COUNTRY, "the country");
  const [application = "", beneficiary = "", asked = ""] = only(
    ...[readObjects(network, "field 38"), "field 38", "00", "01", "02"],
  );
  same(application, APPLICATION, "the network");
  const [bankBin = "", account = ""] = only(
    readObjects(beneficiary, "field 38-01"),
    "field 38-01",
    "00",
    "01",
  );
  const [reference = "", purpose = ""] = only(readObjects(more, "field 62"), "field 62", "05", "08");
  const service = SERVICES.find((each) => each === asked);
  if (service === undefined) throw new PaymentCodeError(`the service "${asked}" is not known`);
  const transfer: Transfer = {
    ...{ bankBin, account, service, reference, purpose },
    amountVnd: Number(must(amount, AMOUNT, "amount")),
  };
  same(writeTransfer(transfer), text, "the code");
  return transfer;
};
