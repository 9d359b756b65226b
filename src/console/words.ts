// What does the console say, in the technician's language?
import type { Bilingual } from "../core/faults.js";
import type { RefusalCode } from "../ops/pin.js";

export type Language = "vi" | "en";

/** vi only where the terminal says that it is Vietnamese: LC_ALL, LC_MESSAGES, LANG in this order (POSIX). */
export const languageOf = (env: NodeJS.ProcessEnv): Language => {
  const locale = [env["LC_ALL"], env["LC_MESSAGES"], env["LANG"]].find((value) => (value ?? "") !== "");
  return locale?.startsWith("vi") === true ? "vi" : "en";
};

export const PANELS = ["devices", "visit", "queue", "link", "log", "versions"] as const;
export type Panel = (typeof PANELS)[number];

const PANEL_NAMES: Readonly<Record<Panel, Bilingual>> = {
  devices: { vi: "Thiết bị", en: "Devices" },
  visit: { vi: "Lượt khách", en: "Visit" },
  queue: { vi: "Hàng đợi", en: "Queue" },
  link: { vi: "Kết nối", en: "Link" },
  log: { vi: "Nhật ký", en: "Log" },
  versions: { vi: "Phiên bản", en: "Versions" },
};

const STATES: Readonly<Record<"opening" | "ready" | "faulted" | "absent", Bilingual>> = {
  opening: { vi: "đang mở", en: "opening" },
  ready: { vi: "tốt", en: "ready" },
  faulted: { vi: "LỖI", en: "FAULT" },
  absent: { vi: "MẤT", en: "ABSENT" },
};

const OUTBOX_STATES: Readonly<Record<string, Bilingual>> = {
  sealed: { vi: "chờ gửi", en: "waiting" },
  sending: { vi: "đang gửi", en: "being sent" },
  uploaded: { vi: "đã gửi, chờ biên nhận", en: "sent, no receipt yet" },
  quarantined: { vi: "cách ly", en: "quarantined" },
  rejected: { vi: "bị từ chối hẳn", en: "refused for good" },
};

const RESULTS: Readonly<Record<"passed" | "look" | "failed" | "notWired", Bilingual>> = {
  passed: { vi: "ĐẠT", en: "PASSED" },
  look: { vi: "HÃY NHÌN", en: "LOOK" },
  failed: { vi: "HỎNG", en: "FAILED" },
  notWired: { vi: "không lắp", en: "not fitted" },
};

const TEXTS = {
  kiosk: { vi: "ki-ốt", en: "kiosk" },
  up: { vi: "chạy", en: "up" },
  gone: { vi: "KI-ỐT KHÔNG TRẢ LỜI", en: "KIOSK DOES NOT ANSWER" },
  device: { vi: "thiết bị", en: "device" },
  state: { vi: "trạng thái", en: "state" },
  linkState: { vi: "Trạng thái", en: "State" },
  since: { vi: "từ", en: "since" },
  fault: { vi: "lỗi", en: "fault" },
  last: { vi: "lần trước", en: "last" },
  ago: { vi: "trước", en: "ago" },
  noAnswer: { vi: "không trả lời", en: "no answer" },
  kept: { vi: "tạm cách ly", en: "in quarantine" },
  noFault: { vi: "Chưa có lỗi nào từ khi chạy.", en: "No fault since the runtime started." },
  visitState: { vi: "Bước", en: "State" },
  busy: { vi: "đang làm việc", en: "busy" },
  idle: { vi: "chờ", en: "waiting" },
  page: { vi: "Màn hình", en: "Page" },
  connected: { vi: "đã nối", en: "connected" },
  notConnected: { vi: "CHƯA NỐI", en: "NOT CONNECTED" },
  nothingPersonal: {
    vi: "Ở đây chỉ có tên bước, không có gì của người dân.",
    en: "Only the name of the step stands here, nothing of the citizen.",
  },
  oldest: { vi: "Cũ nhất", en: "Oldest" },
  size: { vi: "Dung lượng", en: "Size" },
  accepted: { vi: "Đã có biên nhận", en: "Accepted" },
  store: { vi: "Bộ nhớ", en: "Store" },
  waiting: { vi: "Đang chờ", en: "Waiting" },
  held: { vi: "Cần người xem", en: "Waiting for a person" },
  number: { vi: "số", en: "number" },
  reason: { vi: "lý do", en: "reason" },
  noneHeld: { vi: "Không có hồ sơ nào bị giữ lại.", en: "Nothing is held back." },
  broker: { vi: "Địa chỉ broker", en: "Broker" },
  noBroker: { vi: "không đặt; hồ sơ chờ trong hàng đợi", en: "none set; submissions wait in the queue" },
  losses: { vi: "Số lần mất", en: "Losses" },
  heard: { vi: "Cổng trả lời lần cuối", en: "Portal last heard" },
  never: { vi: "chưa, từ khi chạy", en: "not since the start" },
  clock: { vi: "Đồng hồ", en: "Clock" },
  trusted: { vi: "tin được (lấy giờ mạng)", en: "trusted (set from the network)" },
  untrusted: { vi: "chưa chắc (chưa lấy giờ mạng)", en: "untrusted (not set from the network)" },
  floor: { vi: "SAI: sớm hơn ngày tạo chương trình", en: "WRONG: before the program was built" },
  program: { vi: "Chương trình", en: "Program" },
  board: { vi: "Bo mạch", en: "Board" },
  schema: { vi: "Lược đồ bộ nhớ", en: "Store schema" },
  update: { vi: "Cập nhật", en: "Update" },
  certificate: { vi: "Chứng thư", en: "Certificate" },
  until: { vi: "đến", en: "until" },
  expired: { vi: "ĐÃ HẾT HẠN", en: "EXPIRED" },
  days: { vi: "ngày", en: "days" },
  noCertificate: { vi: "không có (kết nối không TLS)", en: "none (a link without TLS)" },
  pin: { vi: "Mã PIN kỹ thuật", en: "Technician PIN" },
  pinOf: { vi: "đã đặt, của", en: "set, held by" },
  noPin: { vi: "chưa đặt", en: "not set" },
  filter: { vi: "lọc", en: "filter" },
  level: { vi: "mức", en: "level" },
  all: { vi: "tất cả", en: "all" },
  paused: { vi: "TẠM DỪNG", en: "PAUSED" },
  lines: { vi: "dòng", en: "lines" },
  noLines: { vi: "Không có dòng nào khớp.", en: "No line matches." },
  restart: { vi: "Đóng và mở lại", en: "Close and reopen" },
  test: { vi: "Tự kiểm tra", en: "Self-test" },
  testPrints: {
    vi: "Có thể in, bật đèn, phát tiếng.",
    en: "May print, light lamps, make sounds.",
  },
  requeueOne: { vi: "Gửi lại hồ sơ số", en: "Send again number" },
  requeueAll: { vi: "Gửi lại mọi hồ sơ bị cách ly", en: "Send again all that are quarantined" },
  yesNo: { vi: "y: có   n: không", en: "y: yes   n: no" },
  citizenHere: { vi: "Có người dân đang dùng ki-ốt!", en: "A citizen is using the kiosk!" },
  typePin: { vi: "Mã PIN kỹ thuật viên", en: "Technician PIN" },
  pinKeys: { vi: "Enter: xong   Esc: bỏ", en: "Enter: done   Esc: give up" },
  working: { vi: "đang làm …", en: "working …" },
  reopened: { vi: "đã mở lại", en: "was opened anew" },
  usb: { vi: "Cho cắm USB lưu trữ (phút)", en: "Let memory sticks in (minutes)" },
  requeued: { vi: "hồ sơ được gửi lại", en: "put back into the queue" },
  nothingToRequeue: { vi: "Không có gì bị cách ly ở dòng này.", en: "Nothing in quarantine on this row." },
  closeResult: { vi: "↑↓ cuộn   Esc đóng", en: "↑↓ scroll   Esc close" },
  canServe: { vi: "Ki-ốt phục vụ được", en: "The kiosk can serve" },
  filterKeys: { vi: "Enter: lọc   Esc: bỏ lọc", en: "Enter: filter   Esc: no filter" },
  tooSmall: { vi: "Cần ít nhất 80 × 24 ký tự; ở đây", en: "Needs 80 × 24 characters; here" },
  unlocked: { vi: "đã mở khóa", en: "unlocked" },
} as const satisfies Readonly<Record<string, Bilingual>>;

const REFUSALS: Readonly<Record<RefusalCode, Bilingual>> = {
  noPin: {
    vi: "Chưa đặt mã PIN nên chỉ xem được. Đặt: motcua console pin set --name NVA",
    en: "No PIN is set: looking only. Set one: motcua console pin set --name NVA",
  },
  wrongPin: { vi: "Sai mã PIN.", en: "Wrong PIN." },
  wait: { vi: "Đã nhập sai nhiều lần.", en: "Wrong PINs were tried." },
  locked: { vi: "Hãy nhập lại mã PIN.", en: "Give the PIN again." },
  weakPin: { vi: "Mã PIN dễ đoán hoặc quá ngắn.", en: "The PIN is easy to guess or too short." },
  badName: { vi: "Tên viết tắt: 1 đến 6 chữ cái.", en: "Initials: 1 to 6 letters." },
  badFile: { vi: "Tệp mã PIN không dùng được.", en: "The file of the PIN can not be used." },
  sealedPin: {
    vi: "Mã PIN được niêm trong hệ thống; người quản trị phải niêm mã mới.",
    en: "The PIN is sealed into the system; who runs the machine seals another.",
  },
};

const KEYS: Readonly<Record<Panel, Bilingual>> = {
  devices: { vi: "↑↓ chọn  t tự kiểm tra  r mở lại", en: "↑↓ choose  t self-test  r reopen" },
  visit: { vi: "", en: "" },
  queue: { vi: "↑↓ chọn  r gửi lại  a gửi lại hết", en: "↑↓ choose  r send again  a all again" },
  link: { vi: "", en: "" },
  log: {
    vi: "↑↓ PgUp PgDn  / lọc  v mức  p dừng",
    en: "↑↓ PgUp PgDn  / filter  v level  p pause",
  },
  versions: { vi: "", en: "" },
};

const EVERYWHERE: Bilingual = {
  vi: "1-6 Tab ? giúp  l English  q thoát",
  en: "1-6 Tab ? help  l tiếng Việt  q quit",
};

export const wordsOf = (language: Language) => ({
  language,
  text: (name: keyof typeof TEXTS): string => TEXTS[name][language],
  of: (pair: Bilingual): string => pair[language],
  panel: (panel: Panel): string => PANEL_NAMES[panel][language],
  deviceState: (state: keyof typeof STATES): string => STATES[state][language],
  outboxState: (state: string): string => OUTBOX_STATES[state]?.[language] ?? state,
  result: (result: keyof typeof RESULTS): string => RESULTS[result][language],
  refusal: (code: RefusalCode): string => REFUSALS[code][language],
  keys: (panel: Panel): string => [KEYS[panel][language], EVERYWHERE[language]].filter(Boolean).join("  "),
});

export type Words = ReturnType<typeof wordsOf>;
