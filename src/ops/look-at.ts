// What does a person look at or listen to when a part is tested?
import type { Bilingual } from "../core/faults.js";
import type { DeviceName } from "../hal/board.js";

export const LOOK_AT: Readonly<Record<DeviceName | "store", Bilingual | null>> = {
  printer: {
    vi: "Phiếu thử có khung kín bốn phía, chữ có dấu rõ, được cắt rời, giống hình bên.",
    en: "The test slip has a whole border, clear accents, is cut off, and looks like the picture.",
  },
  chipReader: {
    vi: "Đặt một thẻ căn cước thử lên ô đọc thẻ: đèn ô thẻ sáng, máy nhận ra thẻ.",
    en: "Lay a test card on the card field: its lamp is lit and the card is seen.",
  },
  codeReader: {
    vi: "Đưa một mã QR trước ô quét: có tia sáng, máy đọc được mã.",
    en: "Hold a QR code before the scan window: it lights up and the code is read.",
  },
  documentCamera: {
    vi: "Hình bên thấy trọn khay giấy, đủ sáng, không mờ, không xoay ngược.",
    en: "The picture shows the whole tray, bright, sharp and the right way up.",
  },
  faceCamera: {
    vi: "Hình bên (đã làm mờ) thấy đầu và vai người đứng trước máy, không ngược sáng.",
    en: "The picture (made coarse) shows head and shoulders of who stands there, not against the light.",
  },
  scanner: {
    vi: "Khe quét trống, không có giấy kẹt bên trong.",
    en: "The scanner's slot is empty, and no paper is stuck in it.",
  },
  lines: {
    vi: "Từng đèn sáng lên rồi tắt: ô thẻ, khay giấy, khe phiếu, gọi cán bộ. Mở rồi đóng cửa, nhấn nút trợ giúp.",
    en: "Each lamp lights and goes out: card, tray, slip slot, officer. Open and shut the door, press the help button.",
  },
  power: {
    vi: "Rút điện lưới: máy vẫn chạy và báo đang dùng pin.",
    en: "Pull the mains plug: the kiosk runs on and says that it is on battery.",
  },
  climate: {
    vi: "Nhiệt độ và độ ẩm giống nơi đặt máy; quạt không bị che.",
    en: "Temperature and humidity are those of the place; the fan is not covered.",
  },
  motion: {
    vi: "Gõ nhẹ vào vỏ máy: máy báo có va chạm; máy đứng thẳng như khi lắp.",
    en: "Knock on the housing: the kiosk tells of it; it stands as it was set up.",
  },
  speaker: {
    vi: "Nghe rõ câu “Loa hoạt động tốt”.",
    en: "The sentence “Loa hoạt động tốt” is heard clearly.",
  },
  fan: {
    vi: "Quạt quay nhanh trong vài giây, nghe rõ, không rung; khe gió không bị che.",
    en: "The fan turns fast for some seconds, is heard, does not rattle; the vents are free.",
  },
  backlight: {
    vi: "Màn hình tối đi một chút rồi sáng lại.",
    en: "The screen goes dim for a moment and bright again.",
  },
  store: null,
};
