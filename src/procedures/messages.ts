// What is a citizen told when a field is not right?
import type { ErrorObject } from "ajv/dist/2020.js";
import type { Bilingual } from "../core/faults.js";
import type { FormField } from "./procedure.js";

const say = (vi: string, en: string): Bilingual => ({ vi, en });

const EMPTY = say("Xin điền ô này.", "Please fill in this field.");
const CHOOSE = say("Xin chọn một mục.", "Please choose one.");
const WRONG = say("Ô này chưa đúng. Xin xem lại.", "This is not right yet. Please check it.");
const PHONE = say(
  "Số điện thoại có 10 chữ số, bắt đầu bằng số 0.",
  "A phone number has 10 digits and starts with 0.",
);
const EMAIL = say(
  "Địa chỉ thư điện tử chưa đúng, ví dụ ten@mail.vn.",
  "This is no e-mail address yet, for example name@mail.vn.",
);
const DATE = say(
  "Ngày này chưa đúng. Xin chọn lại ngày, tháng, năm.",
  "This date is not right. Please choose day, month and year again.",
);

export const PLACE_MISSING = say(
  "Xin chọn tỉnh, chọn xã, rồi ghi số nhà hoặc thôn.",
  "Please choose province and commune, then write house or hamlet.",
);

export const SIGNATURE_MISSING = say(
  "Xin ký vào khung, hoặc chọn ký tại quầy.",
  "Please sign in the box, or choose to sign at the desk.",
);

const dayFirst = (iso: string): string => iso.replace(/^(\d{4})-(\d\d)-(\d\d)$/, "$3/$2/$1");

const withHint = (field: FormField): Bilingual =>
  field.hint === undefined
    ? WRONG
    : say(`Ô này chưa đúng. ${field.hint.vi}`, `This is not right yet. ${field.hint.en}`);

const length = (field: FormField, limit: number, edge: "least" | "most"): Bilingual => {
  const digits = field.kind === "digits" || field.kind === "phone";
  const [vi, en] = digits ? ["chữ số", "digits"] : ["chữ", "letters"];
  return edge === "least"
    ? say(`Cần ít nhất ${limit} ${vi}.`, `At least ${limit} ${en} are needed.`)
    : say(`Chỉ được nhiều nhất ${limit} ${vi}.`, `At most ${limit} ${en} are possible.`);
};

/** One plain sentence for what the JSON Schema refused; never the value itself. */
export const messageFor = (field: FormField, error: ErrorObject): Bilingual => {
  const { limit } = error.params as { readonly limit?: unknown };
  switch (error.keyword) {
    case "required":
    case "dependentRequired":
      return field.kind === "choice" ? CHOOSE : field.kind === "signature" ? SIGNATURE_MISSING : EMPTY;
    case "enum":
    case "const":
      return field.kind === "choice" ? CHOOSE : withHint(field);
    case "minLength":
      return length(field, Number(limit), "least");
    case "maxLength":
      return length(field, Number(limit), "most");
    case "format":
      return field.kind === "date" ? DATE : field.kind === "email" ? EMAIL : withHint(field);
    case "formatMinimum":
      return say(
        `Ngày phải từ ${dayFirst(String(limit))} trở đi.`,
        `The date must be ${dayFirst(String(limit))} or later.`,
      );
    case "formatMaximum":
      return say(
        `Ngày phải trước hoặc là ${dayFirst(String(limit))}.`,
        `The date must be ${dayFirst(String(limit))} or earlier.`,
      );
    case "pattern":
      return field.kind === "phone" ? PHONE : withHint(field);
    default:
      return withHint(field);
  }
};
