// What does the set-up say, in the technician's language?
import type { Bilingual } from "../core/faults.js";
import { SETUP_TEXTS } from "./setup-texts.js";
import type { Language } from "./words.js";
import { wordsOf } from "./words.js";

const STEP_NAMES = {
  place: { vi: "Ki-ốt và nơi đặt", en: "Kiosk and place" },
  board: { vi: "Bo mạch", en: "Board" },
  network: { vi: "Mạng", en: "Network" },
  portal: { vi: "Cổng", en: "Portal" },
  certificate: { vi: "Chứng thư", en: "Certificate" },
  pin: { vi: "Mã PIN kỹ thuật", en: "Technician PIN" },
  devices: { vi: "Thiết bị", en: "Devices" },
  print: { vi: "In thử", en: "Test print" },
  write: { vi: "Tóm tắt và ghi", en: "Summary and writing" },
} as const satisfies Readonly<Record<string, Bilingual>>;

const STAGES = {
  name: { vi: "Tên máy", en: "Name" },
  tcp: { vi: "Kết nối TCP", en: "TCP" },
  tls: { vi: "TLS", en: "TLS" },
  mqtt: { vi: "MQTT", en: "MQTT" },
} as const satisfies Readonly<Record<string, Bilingual>>;

const VERDICTS = {
  passed: { vi: "ĐẠT", en: "PASSED" },
  failed: { vi: "HỎNG", en: "FAILED" },
  later: { vi: "CHỜ CHỨNG THƯ", en: "NEEDS CERTIFICATE" },
} as const satisfies Readonly<Record<string, Bilingual>>;

const GATHERED = {
  foreign: { vi: "Mã này không phải câu trả lời của cổng.", en: "This is no code of the portal's answer." },
  damaged: {
    vi: "Các mã không khớp nhau: quét lại từ đầu.",
    en: "The codes do not fit together: begin again.",
  },
  more: { vi: "Còn nữa.", en: "There is more." },
  whole: { vi: "Đã đủ.", en: "It is whole." },
} as const satisfies Readonly<Record<string, Bilingual>>;

const LINES = {
  noNmcliHelp: {
    vi: [
      "Cài: sudo apt install network-manager, rồi chạy lại bước này.",
      "Hoặc đặt mạng theo cách của hệ thống (systemd-networkd, /etc/network/interfaces).",
    ],
    en: [
      "Install it: sudo apt install network-manager, and do this step again.",
      "Or set the network up the system's way (systemd-networkd, /etc/network/interfaces).",
    ],
  },
  portalHelp: {
    vi: [
      "Nơi quản lý cổng cho biết. Ví dụ: mqtts://broker.example:8883",
      "Trống: chưa có; hồ sơ chờ trong ki-ốt.",
    ],
    en: [
      "Who runs the portal tells it, e.g. mqtts://broker.example:8883",
      "Empty: none yet; submissions wait in the kiosk.",
    ],
  },
  sendHelp: {
    vi: [
      "Khóa riêng làm tại đây và không rời ki-ốt. Đi là yêu cầu, không bí mật.",
      "Ở cổng: motcua setup admit",
    ],
    en: [
      "The private key is made here and never leaves. What goes is a request, no secret.",
      "At the portal: motcua setup admit",
    ],
  },
  codesHelp: {
    vi: ["Quét từng mã bằng điện thoại,", "gửi các dòng chữ đến cổng."],
    en: ["Scan each code with a telephone,", "send the lines to the portal."],
  },
  receiveHelp: {
    vi: ["Cổng trả lời bằng tệp hoặc mã QR: motcua setup admit"],
    en: ["The portal answers with a file or QR codes: motcua setup admit"],
  },
  pasteHelp: {
    vi: ["Dán cả tệp (rồi một dòng trống), hoặc từng dòng MQ1/…", "Đầu đọc kiểu bàn phím cũng được."],
    en: [
      "Paste the whole file (then an empty line), or the lines MQ1/…",
      "A scanner that types does as well.",
    ],
  },
  pinHelp: {
    vi: ["Thao tác ở motcua console và cài đặt lại cần mã này."],
    en: ["Acts at motcua console, and a later set-up, need it."],
  },
  printHelp: { vi: ["Xem có giấy và nắp đã đóng."], en: ["See that there is paper and the cover is shut."] },
  restartIt: {
    vi: ["Ki-ốt đang chạy đọc cài đặt khi khởi động: sudo systemctl restart motcua"],
    en: ["The running kiosk reads them when it starts: sudo systemctl restart motcua"],
  },
  startIt: { vi: ["Khởi động: sudo systemctl start motcua"], en: ["Start it: sudo systemctl start motcua"] },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, readonly string[]>>>>;

const MARKS = { done: "[x]", later: "[!]" } as const;

const filled = (text: string, values: readonly string[]): string => {
  const rest = [...values];
  return text.replaceAll("{}", () => rest.shift() ?? "");
};

export const setupWordsOf = (language: Language) => {
  const { of, refusal, result, text } = wordsOf(language);
  return {
    ...{ language, of, refusal, result },
    text: (name: keyof typeof SETUP_TEXTS, ...values: readonly string[]): string =>
      filled(SETUP_TEXTS[name][language], values),
    lines: (name: keyof typeof LINES): readonly string[] => LINES[name][language],
    tooSmall: (): string => text("tooSmall"),
    step: (name: keyof typeof STEP_NAMES): string => STEP_NAMES[name][language],
    stage: (name: keyof typeof STAGES): string => STAGES[name][language],
    verdict: (name: keyof typeof VERDICTS): string => VERDICTS[name][language],
    gather: (name: keyof typeof GATHERED): string => GATHERED[name][language],
    /** Told apart without colour. */
    mark: (state: keyof typeof MARKS | undefined): string => (state === undefined ? "[ ]" : MARKS[state]),
  };
};

export type SetupWords = ReturnType<typeof setupWordsOf>;
