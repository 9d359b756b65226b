// What are the parts of a kiosk called, at the kiosk and at the portal?
import type { Bilingual } from "./faults.js";

export const PART_NAMES = {
  printer: { vi: "Máy in", en: "Printer" },
  chipReader: { vi: "Đầu đọc thẻ", en: "Chip reader" },
  codeReader: { vi: "Đầu đọc mã", en: "Code reader" },
  documentCamera: { vi: "Camera khay giấy", en: "Document camera" },
  faceCamera: { vi: "Camera khuôn mặt", en: "Face camera" },
  scanner: { vi: "Khe quét giấy", en: "Scanner" },
  lines: { vi: "Đèn và công tắc", en: "Lamps and switches" },
  power: { vi: "Nguồn và pin", en: "Power and battery" },
  climate: { vi: "Nhiệt độ, độ ẩm", en: "Climate" },
  motion: { vi: "Cảm biến nghiêng, va chạm", en: "Tilt and tamper sensor" },
  speaker: { vi: "Loa", en: "Speaker" },
  fan: { vi: "Quạt", en: "Fan" },
  backlight: { vi: "Đèn màn hình", en: "Screen light" },
  store: { vi: "Bộ nhớ hồ sơ", en: "Store" },
} as const satisfies Readonly<Record<string, Bilingual>>;
