// What does `?` say on each panel?
import type { Language, Panel } from "./words.js";

type Lines = readonly string[];

const VI: Readonly<Record<Panel, Lines>> = {
  devices: [
    "Mỗi dòng một thiết bị: trạng thái, từ bao lâu, lỗi đang có hoặc lỗi lần trước.",
    "Bên dưới: chi tiết lỗi và cách sửa, tiếng Việt rồi tiếng Anh.",
    "t  tự kiểm tra thiết bị đã chọn (in một tờ, bật đèn, phát tiếng).",
    "r  đóng rồi mở lại thiết bị đã chọn; cũng đưa nó ra khỏi cách ly.",
    "Không kiểm tra được khi có người dân đang dùng ki-ốt.",
  ],
  visit: [
    "Tên bước mà người dân đang đứng, và màn hình đã nối hay chưa.",
    "Không bao giờ có tên, số hay giấy tờ của người dân ở đây.",
  ],
  queue: [
    "Hồ sơ đã niêm phong, chờ cổng ký nhận. Ki-ốt không đọc được chúng.",
    "Cách ly: broker hay cổng tạm từ chối. Từ chối hẳn: bản niêm phong vẫn giữ.",
    "r  gửi lại hồ sơ đã chọn; a  gửi lại mọi hồ sơ bị cách ly.",
    "Chỉ có số thứ tự và lý do; số phiếu của người dân không hiện.",
  ],
  link: [
    "Broker MQTT mà ki-ốt nối tới, số lần mất kết nối từ khi chạy,",
    "lần cuối cổng trả lời về một hồ sơ, và đồng hồ có tin được không.",
    "Đồng hồ sai làm chứng thư và chữ ký bị từ chối: sửa giờ trước.",
  ],
  log: [
    "200 dòng mới nhất; cũ hơn ở <state>/log: kiosk.log, kiosk.log.1 … .4.",
    "/  chỉ những dòng có mọi từ đã gõ; Esc bỏ lọc.",
    "v  mức thấp nhất: tất cả, info, warn, error.",
    "p  dừng lại để đọc; PgUp PgDn Home End để cuộn.",
  ],
  versions: [
    "Chương trình, Node, bo mạch, lược đồ bộ nhớ, hạn của chứng thư.",
    "Chứng thư tự gia hạn; còn dưới 30 ngày nghĩa là việc đó không xong.",
  ],
};

const EN: Readonly<Record<Panel, Lines>> = {
  devices: [
    "One row a device: its state, since when, the fault it has or had last.",
    "Below: what was seen and what to do, in Vietnamese and in English.",
    "t  self-test of the chosen device (may print, light lamps, make sounds).",
    "r  closes and reopens the chosen device; also brings it out of quarantine.",
    "A self-test is refused while a citizen is at the kiosk.",
  ],
  visit: [
    "The name of the step where the citizen is, and whether the page is connected.",
    "No name, number or paper of the citizen is ever shown here.",
  ],
  queue: [
    "Sealed submissions that wait for the portal's receipt; not readable here.",
    "Quarantined: refused for now. Refused for good: the sealed copy is kept.",
    "r  sends the chosen one again; a  sends all that are quarantined again.",
    "Only the running number and the reason; the slip number is not shown.",
  ],
  link: [
    "The MQTT broker, how often the link was lost since the runtime started,",
    "when the portal last spoke of a submission, and whether the clock is right.",
    "A wrong clock makes certificates and signatures invalid: set it first.",
  ],
  log: [
    "The newest 200 lines; older ones in <state>/log: kiosk.log, kiosk.log.1 … .4.",
    "/  only lines with all the words typed; Esc takes the filter away.",
    "v  the lowest level: all, info, warn, error.",
    "p  stops, to read; PgUp PgDn Home End scroll.",
  ],
  versions: [
    "Program, Node, board, the store's schema, and until when certificates hold.",
    "A certificate renews itself; fewer than 30 days left means that it could not.",
  ],
};

const ACTS: Readonly<Record<Language, Lines>> = {
  vi: [
    "Mọi thao tác phải xác nhận, cần mã PIN kỹ thuật viên và được ghi vào nhật ký",
    "chống sửa (motcua journal verify). PIN hỏi một lần, lại sau 5 phút không bấm.",
    "Ctrl-L vẽ lại. Trình đọc màn hình hoặc kịch bản: motcua console --plain",
  ],
  en: [
    "Every act is confirmed, needs the technician PIN and is written into the",
    "chained journal (motcua journal verify). The PIN is asked once, and again",
    "after 5 minutes without a key. Ctrl-L redraws.",
    "Screen readers and scripts: motcua console --plain",
  ],
};

export const helpOf = (panel: Panel, language: Language): Lines => [
  ...(language === "vi" ? VI : EN)[panel],
  "",
  ...ACTS[language],
];
