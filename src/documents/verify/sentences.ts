// How is what was found said to somebody who has never heard of a certificate?
import type { Bilingual } from "../../core/faults.js";
import type { CertificateStanding, Integrity, SignatureReport, SignatureRole, Verdict } from "../verdict.js";
import { vietnamTime } from "../wording.js";

const ROLES: Readonly<Record<SignatureRole, Bilingual>> = {
  device: { vi: "Dấu niêm của máy quét", en: "Seal of the kiosk" },
  officer: { vi: "Chữ ký của người chứng thực", en: "Signature of the certifying officer" },
  agency: { vi: "Chữ ký của cơ quan", en: "Signature of the agency" },
  timestamp: { vi: "Dấu thời gian", en: "Timestamp" },
  unknown: {
    vi: "Chữ ký của người không có trong danh sách tin cậy",
    en: "Signature of somebody who is not on the trust list",
  },
};

/** It says that it is a kiosk's, and nobody was named who could confirm it. */
const NAMES_A_KIOSK: Bilingual = { vi: "Dấu niêm tự xưng của máy", en: "Seal that names the kiosk" };

const INTEGRITY: Readonly<Record<Integrity, Bilingual>> = {
  intact: { vi: "phần đã ký không bị thay đổi", en: "what was signed is unchanged" },
  broken: {
    vi: "phần đã ký ĐÃ BỊ THAY ĐỔI hoặc chữ ký sai",
    en: "what was signed HAS BEEN CHANGED, or the signature is wrong",
  },
  uncovered: { vi: "chữ ký KHÔNG BAO TRÙM tệp", en: "the signature DOES NOT COVER the file" },
  malformed: { vi: "dữ liệu chữ ký bị hỏng", en: "the signature's data is damaged" },
};

const STANDINGS: Readonly<Record<CertificateStanding, Bilingual>> = {
  trusted: { vi: "chứng thư đáng tin cậy", en: "its certificate is trusted" },
  foreign: {
    vi: "chứng thư không thuộc danh sách tin cậy",
    en: "its certificate leads to nobody on the trust list",
  },
  expired: { vi: "chứng thư đã hết hạn", en: "its certificate has expired" },
  notYetValid: { vi: "chứng thư chưa có hiệu lực", en: "its certificate is not valid yet" },
  revoked: { vi: "chứng thư đã bị thu hồi", en: "its certificate has been revoked" },
  unsuitable: {
    vi: "chứng thư không được dùng để ký tài liệu",
    en: "its certificate may not sign documents",
  },
  notJudged: {
    vi: "chứng thư của máy không được kiểm tra (không có danh sách máy)",
    en: "the kiosk's certificate was not judged (no list of kiosks was given)",
  },
};

const VERDICTS: Readonly<Record<Verdict, Bilingual>> = {
  certified: {
    vi: "BẢN SAO CHỨNG THỰC: có lời chứng trên từng trang và chữ ký có thẩm quyền còn nguyên vẹn.",
    en: "CERTIFIED COPY: the copy statement is on every page and a competent signature holds.",
  },
  sealedScan: {
    vi: "KHÔNG PHẢI bản sao chứng thực: bản quét của máy, chưa bị thay đổi, chưa có người có thẩm quyền ký.",
    en: "NOT a certified copy: a scan sealed by its kiosk, unchanged; nobody competent has signed it.",
  },
  falseStatement: {
    vi: "KHÔNG PHẢI bản sao chứng thực: các trang có lời chứng, nhưng KHÔNG người có thẩm quyền nào đã ký.",
    en: "NOT a certified copy: the pages carry a copy statement that NOBODY competent has signed.",
  },
  noStatement: {
    vi: "KHÔNG PHẢI bản sao chứng thực: người ký có thẩm quyền và tệp chưa bị thay đổi, nhưng không có lời chứng trên từng trang.",
    en: "NOT a certified copy: the signer is competent and the file unchanged, but there is no copy statement on every page.",
  },
  certificateFails: {
    vi: "KHÔNG được công nhận: tệp chưa bị thay đổi sau khi ký, nhưng chứng thư của người ký không dùng được.",
    en: "NOT accepted: the file is unchanged since it was signed, but the signer's certificate does not hold.",
  },
  signedByUnknown: {
    vi: "KHÔNG PHẢI bản sao chứng thực: có chữ ký, nhưng của người không có trong danh sách tin cậy.",
    en: "NOT a certified copy: it is signed, but by nobody who is on the trust list.",
  },
  unsigned: {
    vi: "KHÔNG PHẢI bản sao chứng thực: tệp không có chữ ký nào.",
    en: "NOT a certified copy: the file has no signature.",
  },
  changed: {
    vi: "TỆP ĐÃ BỊ THAY ĐỔI sau khi ký, hoặc chữ ký sai. Không dùng tệp này.",
    en: "THE FILE HAS BEEN CHANGED since it was signed, or a signature is wrong. Do not use it.",
  },
  unreadable: {
    vi: "Không đọc được: tệp không phải PDF, bị hỏng hoặc thuộc loại không kiểm tra được.",
    en: "Unreadable: no PDF, a damaged one, or one of a kind that can not be checked.",
  },
};

export const verdictSentence = (verdict: Verdict): Bilingual => VERDICTS[verdict];

const both = (make: (language: keyof Bilingual) => string): Bilingual => ({ vi: make("vi"), en: make("en") });

type Facts = Omit<SignatureReport, "sentence">;

const time = ({ provenAtMs, claimedAtMs }: Facts): Bilingual => {
  if (provenAtMs !== null)
    return {
      vi: `có dấu thời gian: không muộn hơn ${vietnamTime(provenAtMs)}`,
      en: `a timestamp proves that it existed by ${vietnamTime(provenAtMs)} (Vietnam time)`,
    };
  if (claimedAtMs === null) return { vi: "không ghi giờ ký", en: "it claims no time" };
  return {
    vi: `giờ ký tự khai ${vietnamTime(claimedAtMs)}, không có dấu thời gian`,
    en: `it claims ${vietnamTime(claimedAtMs)} (Vietnam time); no timestamp proves it`,
  };
};

const revocation = ({ revocation: found, certificate }: Facts): Bilingual | null => {
  if (found !== "notChecked" || certificate === "foreign" || certificate === "notJudged") return null;
  return { vi: "chưa kiểm tra thu hồi (không có danh sách)", en: "revocation was not checked (no list)" };
};

/** One sentence: whose, changed or not, which certificate, when. */
export const signatureSentence = (facts: Facts): Bilingual => {
  const parts: (Bilingual | null)[] = [INTEGRITY[facts.integrity]];
  if (facts.forbiddenChanges.length > 0)
    parts.push({
      vi: "bản sửa này THAY ĐỔI NỘI DUNG đã được ký trước đó",
      en: "its revision CHANGES WHAT WAS SIGNED before it",
    });
  if (facts.integrity !== "malformed")
    parts.push(STANDINGS[facts.certificate], revocation(facts), time(facts));
  return both((language) => {
    const said = parts.flatMap((part) => (part === null ? [] : [part[language]])).join("; ");
    const who = facts.signer.commonName === "" ? "" : ` “${facts.signer.commonName}”`;
    const role = facts.certificate === "notJudged" ? NAMES_A_KIOSK : ROLES[facts.role];
    return `${role[language]}${who}: ${said}.`;
  });
};
