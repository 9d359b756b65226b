// Which faults exist, how bad each one is, and what do a citizen and a technician do about it?
//
// The union is closed: a new fault does not compile until it has a severity, a part, both remedies
// and a telemetry code. Text is data for the screen, the console and the MQTT alert alike.
// Why a device can not be reached (permission, path, busy, …) is the fault's `why`: see causes.ts.
import { CAUSES, type Cause, causeIn } from "./causes.js";

export type Severity =
  /** Worth a line to ops; the citizen notices nothing. */
  | "notice"
  /** The visit goes on by another way. */
  | "degraded"
  /** The step can not go on until somebody acts. */
  | "blocking"
  /** The kiosk can not serve; the first screen says so. */
  | "outOfService";

export type Part =
  | "printer"
  | "chipReader"
  | "codeReader"
  | "documentCamera"
  | "faceCamera"
  | "scanner"
  | "lines"
  | "power"
  | "climate"
  | "motion"
  | "speaker"
  | "fan"
  | "backlight"
  | "card"
  | "paper"
  | "store"
  | "link"
  | "screen"
  | "clock"
  | "runtime";

export interface Bilingual {
  readonly vi: string;
  readonly en: string;
}

export interface FaultEntry {
  readonly part: Part;
  readonly severity: Severity;
  /** Stable code for MQTT alerts: part letter and number, never reused. */
  readonly telemetry: string;
  /** What the citizen is told: what happened and the one thing to do. */
  readonly citizen: Bilingual;
  /** What a technician does, most likely cause first. */
  readonly technician: Bilingual;
}

const entry = (
  part: Part,
  severity: Severity,
  telemetry: string,
  citizen: readonly [vi: string, en: string],
  technician: readonly [vi: string, en: string],
): FaultEntry => ({
  part,
  severity,
  telemetry,
  citizen: { vi: citizen[0], en: citizen[1] },
  technician: { vi: technician[0], en: technician[1] },
});

export const FAULTS = {
  // Printer
  "printer.absent": entry(
    "printer",
    "degraded",
    "P01",
    [
      "Máy in chưa sẵn sàng. Số hồ sơ sẽ hiện trên màn hình để ghi lại.",
      "The printer is not ready. Your number will be shown on the screen to write down.",
    ],
    ["Kiểm tra nguồn và cáp máy in.", "Check the printer's power and cable."],
  ),
  "printer.paperOut": entry(
    "printer",
    "degraded",
    "P02",
    [
      "Máy in hết giấy. Số hồ sơ sẽ hiện trên màn hình để ghi lại.",
      "The printer is out of paper. Your number will be shown on the screen to write down.",
    ],
    ["Thay cuộn giấy nhiệt.", "Put in a new roll of thermal paper."],
  ),
  "printer.paperLow": entry(
    "printer",
    "notice",
    "P03",
    ["Máy in sắp hết giấy.", "The printer is low on paper."],
    ["Chuẩn bị thay cuộn giấy.", "Have a new roll ready."],
  ),
  "printer.coverOpen": entry(
    "printer",
    "degraded",
    "P04",
    ["Nắp máy in đang mở. Xin báo cán bộ.", "The printer's cover is open. Please tell a member of staff."],
    ["Đóng nắp máy in cho đến khi nghe tiếng tách.", "Close the printer's cover until it clicks."],
  ),
  "printer.cutterError": entry(
    "printer",
    "degraded",
    "P05",
    ["Máy in bị kẹt giấy. Xin báo cán bộ.", "The printer is jammed. Please tell a member of staff."],
    [
      "Mở nắp, gỡ giấy kẹt ở dao cắt, đóng nắp.",
      "Open the cover, free the paper at the cutter, close the cover.",
    ],
  ),
  "printer.overheated": entry(
    "printer",
    "degraded",
    "P06",
    ["Máy in đang nguội lại. Xin chờ một phút.", "The printer is cooling down. Please wait a minute."],
    [
      "Đầu in quá nóng; tự hồi phục. Nếu lặp lại, giảm độ đậm.",
      "Print head too hot; recovers by itself. If it recurs, lower the density.",
    ],
  ),
  "printer.unrecoverable": entry(
    "printer",
    "degraded",
    "P07",
    [
      "Máy in bị hỏng. Số hồ sơ sẽ hiện trên màn hình để ghi lại.",
      "The printer has failed. Your number will be shown on the screen to write down.",
    ],
    [
      "Tắt và bật lại máy in; nếu còn lỗi, thay máy in.",
      "Switch the printer off and on; if it stays, replace the printer.",
    ],
  ),
  "printer.offline": entry(
    "printer",
    "degraded",
    "P08",
    ["Máy in đang nghỉ. Xin chờ một chút.", "The printer is off-line. Please wait a moment."],
    ["Nhấn nút đẩy giấy; kiểm tra nắp và giấy.", "Press the feed button; check cover and paper."],
  ),
  "printer.silent": entry(
    "printer",
    "degraded",
    "P09",
    ["Máy in không trả lời.", "The printer does not answer."],
    [
      "Kiểm tra tốc độ cổng nối tiếp và cáp; bật lại máy in.",
      "Check the serial speed and the cable; switch the printer off and on.",
    ],
  ),
  "printer.inDoubt": entry(
    "printer",
    "blocking",
    "P10",
    [
      "Phiếu đã ra chưa? Xin nhìn khe giấy và trả lời.",
      "Did the slip come out? Please look at the slot and answer.",
    ],
    [
      "Việc in bị ngắt giữa chừng; xem nhật ký trước khi in lại.",
      "The print was cut off; look at the journal before printing again.",
    ],
  ),
  // Chip reader and card
  "chipReader.absent": entry(
    "chipReader",
    "degraded",
    "C01",
    [
      "Đầu đọc thẻ chưa sẵn sàng. Xin dùng mã QR trên thẻ.",
      "The card reader is not ready. Please use the QR code on the card.",
    ],
    [
      "Kiểm tra cáp đầu đọc; với PN532 cả công tắc chọn chế độ, với PC/SC cả dịch vụ pcscd.",
      "Check the reader's cable; with a PN532 also its mode switch, with PC/SC also the service pcscd.",
    ],
  ),
  "chipReader.silent": entry(
    "chipReader",
    "degraded",
    "C02",
    ["Đầu đọc thẻ không trả lời.", "The card reader does not answer."],
    ["Bật lại đầu đọc; kiểm tra tốc độ cổng.", "Switch the reader off and on; check the port's speed."],
  ),
  "chipReader.failed": entry(
    "chipReader",
    "degraded",
    "C03",
    [
      "Đầu đọc thẻ gặp lỗi. Xin dùng mã QR trên thẻ.",
      "The card reader has a fault. Please use the QR code on the card.",
    ],
    [
      "Đầu đọc từ chối lệnh hoặc quá nóng; tắt bật lại, nếu còn thì thay đầu đọc.",
      "The reader refused a command or is too hot; switch it off and on, if it stays replace it.",
    ],
  ),
  "chipReader.wrongDevice": entry(
    "chipReader",
    "degraded",
    "C04",
    [
      "Đầu đọc thẻ chưa sẵn sàng. Xin dùng mã QR trên thẻ.",
      "The card reader is not ready. Please use the QR code on the card.",
    ],
    [
      "Ở cổng này là thiết bị khác, không phải PN532; sửa [board] chipReader.port theo tên trong /dev/serial/by-id.",
      "Another device than a PN532 is on this port; set [board] chipReader.port to the name in /dev/serial/by-id.",
    ],
  ),
  "card.several": entry(
    "card",
    "blocking",
    "C17",
    [
      "Có hơn một thẻ trên đầu đọc. Xin chỉ đặt thẻ căn cước.",
      "There is more than one card on the reader. Lay down only your citizen card.",
    ],
    [
      "Hai thẻ cùng trong vùng đọc (ví, ốp điện thoại); bình thường nếu thỉnh thoảng.",
      "Two cards in the field (a purse, a phone case); normal now and then.",
    ],
  ),
  "card.lost": entry(
    "card",
    "blocking",
    "C10",
    ["Thẻ bị nhấc ra. Xin đặt lại và giữ yên.", "The card was lifted. Lay it down again and keep it still."],
    ["Thẻ rời vùng đọc; bình thường nếu thỉnh thoảng.", "The card left the field; normal now and then."],
  ),
  "card.wrongKey": entry(
    "card",
    "blocking",
    "C11",
    [
      "Thẻ này không khớp với thông tin đã nhập. Xin kiểm tra lại.",
      "This card does not match what was entered. Please check it.",
    ],
    [
      "BAC bị từ chối: số thẻ, ngày sinh hoặc ngày hết hạn sai.",
      "BAC refused: number, birth date or expiry date is wrong.",
    ],
  ),
  "card.unreadable": entry(
    "card",
    "blocking",
    "C12",
    [
      "Không đọc được thẻ này. Xin thử lại hoặc gọi cán bộ.",
      "This card can not be read. Please try again or call a member of staff.",
    ],
    [
      "Chip trả lời sai chuẩn; xem nhật ký để biết tệp nào.",
      "The chip answered outside the standard; the log names the file.",
    ],
  ),
  "card.forged": entry(
    "card",
    "blocking",
    "C16",
    [
      "Không xác thực được thẻ này. Xin gọi cán bộ.",
      "This card could not be verified. Please call a member of staff.",
    ],
    [
      "Chữ ký hoặc khóa của chip sai: thẻ giả, sao chép hoặc hỏng; xem nhật ký để biết kiểm tra nào.",
      "The chip's signatures or key are wrong: forged, copied or damaged; the log names the check.",
    ],
  ),
  "card.notCitizen": entry(
    "card",
    "blocking",
    "C13",
    [
      "Đây không phải thẻ căn cước. Xin đặt thẻ căn cước.",
      "This is not a citizen card. Please lay down your citizen card.",
    ],
    ["Thẻ không có ứng dụng LDS1.", "The card has no LDS1 application."],
  ),
  "card.mismatch": entry(
    "card",
    "blocking",
    "C14",
    ["Thẻ và mã QR là của hai người khác nhau.", "The card and the QR code belong to two different people."],
    ["Số trên QR khác số trong chip.", "The number in the QR differs from the number in the chip."],
  ),
  "card.levelTooLow": entry(
    "card",
    "blocking",
    "C19",
    [
      "Thủ tục này cần xác minh thẻ kỹ hơn. Xin gọi cán bộ.",
      "This service needs a stronger check of the card. Please call a member of staff.",
    ],
    [
      "Mức xác minh đạt được thấp hơn mức thủ tục yêu cầu; xem nhật ký.",
      "The level reached is below what the procedure asks; see the log.",
    ],
  ),
  "card.badQr": entry(
    "card",
    "blocking",
    "C15",
    [
      "Mã này không phải mã trên thẻ căn cước. Xin thử mã khác.",
      "This code is not the one on a citizen card. Please try another.",
    ],
    [
      "Chuỗi QR không theo khuôn dạng thẻ căn cước.",
      "The QR text does not follow the citizen card's format.",
    ],
  ),
  "card.backUnread": entry(
    "card",
    "blocking",
    "C20",
    [
      "Máy chưa đọc được mặt sau thẻ. Xin nhập bằng tay hoặc thử lại.",
      "The back of the card was not read. Please type it, or try again.",
    ],
    [
      "Không thấy ba dòng chữ máy đọc: lau camera và thẻ, kiểm tra đèn khay giấy.",
      "No machine-readable lines were seen: clean camera and card, check the tray's light.",
    ],
  ),
  // Code reader
  "codeReader.absent": entry(
    "codeReader",
    "degraded",
    "Q01",
    [
      "Đầu đọc mã chưa sẵn sàng. Xin nhập số bằng tay.",
      "The code reader is not ready. Please type the number.",
    ],
    ["Kiểm tra cáp đầu đọc mã.", "Check the code reader's cable."],
  ),
  "codeReader.garbage": entry(
    "codeReader",
    "degraded",
    "Q02",
    ["Không đọc được mã. Xin thử lại.", "The code could not be read. Please try again."],
    ["Dữ liệu nối tiếp hỏng: tốc độ cổng sai?", "Serial data is garbled: wrong port speed?"],
  ),
  "codeReader.wrongSpeed": entry(
    "codeReader",
    "degraded",
    "Q03",
    ["Không đọc được mã. Xin nhập số bằng tay.", "The code could not be read. Please type the number."],
    [
      'Tốc độ cổng của đầu đọc mã sai: đặt đúng tốc độ trong [board.codeReader] port, hoặc để ":auto" để máy tự tìm.',
      'The code reader\'s port speed is wrong: correct it in [board.codeReader] port, or write ":auto" to have it found.',
    ],
  ),
  "codeReader.wrongEncoding": entry(
    "codeReader",
    "degraded",
    "Q04",
    ["Không đọc được mã. Xin nhập số bằng tay.", "The code could not be read. Please type the number."],
    [
      'Đầu đọc không gửi UTF-8: quét mã cài đặt "UTF-8" trong sổ tay của đầu đọc.',
      'The reader does not send UTF-8: scan the setting "UTF-8" in the reader\'s manual.',
    ],
  ),
  "codeReader.standIn": entry(
    "codeReader",
    "notice",
    "Q05",
    ["Xin giơ mã trước máy ảnh.", "Please hold the code in front of the camera."],
    [
      "Đầu đọc mã vắng mặt, máy ảnh đọc thay: kiểm tra cáp đầu đọc mã.",
      "The code reader is absent and a camera stands in: check the code reader's cable.",
    ],
  ),
  // Cameras and paper
  "documentCamera.absent": entry(
    "documentCamera",
    "blocking",
    "D01",
    [
      "Máy chụp giấy tờ chưa sẵn sàng. Xin gọi cán bộ.",
      "The paper camera is not ready. Please call a member of staff.",
    ],
    [
      "Kiểm tra cáp máy ảnh; lệnh libcamera-still có chạy không?",
      "Check the camera cable; does the command libcamera-still run?",
    ],
  ),
  "documentCamera.stalled": entry(
    "documentCamera",
    "degraded",
    "D02",
    ["Máy chụp đang khởi động lại. Xin chờ.", "The camera is starting again. Please wait."],
    ["Máy ảnh không giao ảnh đúng hạn; đã mở lại.", "The camera did not deliver in time; it was reopened."],
  ),
  "documentCamera.noCommand": entry(
    "documentCamera",
    "blocking",
    "D03",
    [
      "Máy chụp giấy tờ chưa sẵn sàng. Xin gọi cán bộ.",
      "The paper camera is not ready. Please call a member of staff.",
    ],
    [
      "Thiếu lệnh libcamera-still hoặc libcamera-vid: cài rpicam-apps, hoặc sửa commandDir của [board.documentCamera].",
      "The command libcamera-still or libcamera-vid is missing: install rpicam-apps, or correct commandDir in [board.documentCamera].",
    ],
  ),
  "documentCamera.notPermitted": entry(
    "documentCamera",
    "blocking",
    "D04",
    [
      "Máy chụp giấy tờ chưa sẵn sàng. Xin gọi cán bộ.",
      "The paper camera is not ready. Please call a member of staff.",
    ],
    [
      "Không có quyền mở /dev/media*: thêm người dùng của dịch vụ vào nhóm video, rồi khởi động lại dịch vụ.",
      "No permission for /dev/media*: add the service's user to the group video, then restart the service.",
    ],
  ),
  "documentCamera.wrongId": entry(
    "documentCamera",
    "blocking",
    "D05",
    [
      "Máy chụp giấy tờ chưa sẵn sàng. Xin gọi cán bộ.",
      "The paper camera is not ready. Please call a member of staff.",
    ],
    [
      "Tên máy ảnh trong [board.documentCamera] không khớp: lấy tên từ `libcamera-still --list-cameras` (chi tiết lỗi có liệt kê).",
      "The camera id in [board.documentCamera] fits none or several: take one from `libcamera-still --list-cameras` (the detail lists them).",
    ],
  ),
  "faceCamera.absent": entry(
    "faceCamera",
    "degraded",
    "F01",
    [
      "Máy ảnh khuôn mặt chưa sẵn sàng. Cán bộ sẽ xem giúp.",
      "The face camera is not ready. A member of staff will help.",
    ],
    ["Kiểm tra cáp máy ảnh khuôn mặt.", "Check the face camera's cable."],
  ),
  "faceCamera.stalled": entry(
    "faceCamera",
    "degraded",
    "F02",
    ["Máy ảnh đang khởi động lại. Xin chờ.", "The camera is starting again. Please wait."],
    ["Máy ảnh khuôn mặt không giao ảnh đúng hạn.", "The face camera did not deliver in time."],
  ),
  "faceCamera.noCommand": entry(
    "faceCamera",
    "degraded",
    "F03",
    [
      "Máy ảnh khuôn mặt chưa sẵn sàng. Cán bộ sẽ xem giúp.",
      "The face camera is not ready. A member of staff will help.",
    ],
    [
      "Thiếu lệnh libcamera-still hoặc libcamera-vid: cài rpicam-apps, hoặc sửa commandDir của [board.faceCamera].",
      "The command libcamera-still or libcamera-vid is missing: install rpicam-apps, or correct commandDir in [board.faceCamera].",
    ],
  ),
  "faceCamera.notPermitted": entry(
    "faceCamera",
    "degraded",
    "F04",
    [
      "Máy ảnh khuôn mặt chưa sẵn sàng. Cán bộ sẽ xem giúp.",
      "The face camera is not ready. A member of staff will help.",
    ],
    [
      "Không có quyền mở /dev/media*: thêm người dùng của dịch vụ vào nhóm video, rồi khởi động lại dịch vụ.",
      "No permission for /dev/media*: add the service's user to the group video, then restart the service.",
    ],
  ),
  "faceCamera.wrongId": entry(
    "faceCamera",
    "degraded",
    "F05",
    [
      "Máy ảnh khuôn mặt chưa sẵn sàng. Cán bộ sẽ xem giúp.",
      "The face camera is not ready. A member of staff will help.",
    ],
    [
      "Tên máy ảnh trong [board.faceCamera] không khớp: lấy tên từ `libcamera-still --list-cameras` (chi tiết lỗi có liệt kê).",
      "The camera id in [board.faceCamera] fits none or several: take one from `libcamera-still --list-cameras` (the detail lists them).",
    ],
  ),
  "face.noPortrait": entry(
    "card",
    "blocking",
    "F06",
    [
      "Máy không dùng được ảnh trong thẻ. Cán bộ sẽ xem giúp ông bà.",
      "The photo on the card can not be used. A member of staff will help you.",
    ],
    [
      "Ảnh trong DG2 không có, không giải mã được, hoặc không thấy mặt người: cán bộ so ảnh bằng mắt.",
      "The portrait of DG2 is missing, does not decode or shows no face: an officer compares by eye.",
    ],
  ),
  "face.notSure": entry(
    "card",
    "blocking",
    "F07",
    [
      "Máy chưa nhận ra ông bà. Việc này hay gặp. Cán bộ sẽ xem giúp.",
      "The machine is not sure yet. This often happens. A member of staff will help.",
    ],
    [
      "Khuôn mặt chưa so được với ảnh trong thẻ: xem ánh sáng trước máy ảnh; cán bộ so ảnh bằng mắt.",
      "The face could not be matched with the card's portrait: look at the light; an officer compares by eye.",
    ],
  ),
  "face.tooLong": entry(
    "card",
    "blocking",
    "F08",
    [
      "Đã hết giờ nhìn vào máy ảnh. Ông bà có thể thử lại, không cần vội.",
      "The time for the camera is over. You can try again without hurry.",
    ],
    [
      "Không ai làm xong bước khuôn mặt trong thời gian cho phép: xem vị trí và ánh sáng của máy ảnh.",
      "Nobody finished the face step in its time: look at the camera's place and light.",
    ],
  ),
  "paper.absent": entry(
    "paper",
    "blocking",
    "D10",
    [
      "Chưa thấy giấy trên khay. Xin đặt giấy vào giữa khay.",
      "No paper is seen on the tray. Lay it in the middle of the tray.",
    ],
    ["Khay trống hoặc ảnh quá tối.", "The tray is empty or the picture too dark."],
  ),
  "paper.unreadable": entry(
    "paper",
    "blocking",
    "D11",
    [
      "Ảnh giấy tờ không đọc được. Xin chụp lại.",
      "The picture of the paper can not be read. Please take it again.",
    ],
    ["Tệp ảnh hỏng hoặc không phải ảnh.", "The image file is broken or not an image."],
  ),
  "paper.tooLarge": entry(
    "paper",
    "blocking",
    "D12",
    ["Ảnh quá lớn. Xin dùng ảnh nhỏ hơn.", "The picture is too large. Please use a smaller one."],
    ["Vượt giới hạn điểm ảnh trong [ml].", "Over the pixel limit in [ml]."],
  ),
  "paper.poorPicture": entry(
    "paper",
    "blocking",
    "D13",
    [
      "Ảnh bị mờ hoặc tối. Xin để giấy phẳng và chụp lại.",
      "The picture is blurred or dark. Lay the paper flat and take it again.",
    ],
    ["Đèn khay hỏng hoặc ống kính bẩn?", "Tray lamp broken or lens dirty?"],
  ),
  // Scanner
  "scanner.absent": entry(
    "scanner",
    "degraded",
    "E01",
    [
      "Khe quét chưa sẵn sàng. Xin lấy lại giấy tờ nếu còn trong khe và dùng khay chụp.",
      "The scanner slot is not ready. Take your papers back if any are in it, and use the tray.",
    ],
    [
      "Kiểm tra nguồn và cáp USB của máy quét; `scanimage -L` có thấy nó không, người dùng có trong nhóm scanner không?",
      "Check the scanner's power and USB cable; does `scanimage -L` see it, and is the user in the group scanner?",
    ],
  ),
  "scanner.feederEmpty": entry(
    "scanner",
    "blocking",
    "E02",
    [
      "Chưa thấy giấy trong khe. Xin đưa giấy vào khe.",
      "There is no paper in the slot. Please put your papers in.",
    ],
    ["Không có giấy, hoặc cảm biến giấy bẩn.", "No paper, or the paper sensor is dirty."],
  ),
  "scanner.jam": entry(
    "scanner",
    "blocking",
    "E03",
    [
      "Giấy bị kẹt. Xin lấy lại giấy tờ; nếu không kéo ra được, gọi cán bộ.",
      "The paper is jammed. Take your papers back; if they do not come out, call a member of staff.",
    ],
    [
      "Mở nắp máy quét, gỡ giấy theo chiều đi, đưa trả người dân; lau con lăn.",
      "Open the scanner, free the sheet in its direction and give it back; clean the rollers.",
    ],
  ),
  "scanner.doubleFeed": entry(
    "scanner",
    "blocking",
    "E04",
    [
      "Hai tờ vào cùng lúc. Xin lấy lại giấy tờ, tách ra và đưa vào từng tờ.",
      "Two sheets went in together. Take your papers back, separate them and put them in one by one.",
    ],
    [
      "Giấy dính nhau, hoặc con lăn tách và cảm biến siêu âm bẩn hay mòn.",
      "Sheets stick together, or the separation roller or the ultrasonic sensor is dirty or worn.",
    ],
  ),
  "scanner.coverOpen": entry(
    "scanner",
    "degraded",
    "E05",
    [
      "Nắp máy quét đang mở. Xin lấy lại giấy tờ và báo cán bộ.",
      "The scanner's cover is open. Take your papers back and tell a member of staff.",
    ],
    ["Đóng nắp máy quét cho đến khi nghe tiếng tách.", "Close the scanner's cover until it clicks."],
  ),
  "scanner.stalled": entry(
    "scanner",
    "degraded",
    "E06",
    [
      "Máy quét đang khởi động lại. Xin lấy lại giấy tờ.",
      "The scanner is starting again. Please take your papers back.",
    ],
    [
      "Máy quét không giao trang đúng hạn; đã ngắt và mở lại. Nếu lặp lại, tắt và bật nguồn.",
      "The scanner delivered no page in time; it was stopped and reopened. If it recurs, switch it off and on.",
    ],
  ),
  "scanner.failed": entry(
    "scanner",
    "degraded",
    "E07",
    [
      "Máy quét gặp lỗi. Xin lấy lại giấy tờ và dùng khay chụp.",
      "The scanner has a fault. Take your papers back and use the tray.",
    ],
    [
      "Lệnh scanimage báo lỗi (xem chi tiết): chương trình khác đang giữ máy quét, thiếu quyền, hoặc máy quét hỏng.",
      "scanimage reports an error (see the detail): another program holds the scanner, permissions, or a broken scanner.",
    ],
  ),
  // Documents and their signatures
  "document.unreadable": entry(
    "paper",
    "blocking",
    "D20",
    [
      "Tệp này không phải PDF đọc được. Xin dùng tệp khác.",
      "This file is no readable PDF. Please use another.",
    ],
    [
      "Tệp PDF hỏng hoặc thuộc loại không hỗ trợ; xem chi tiết trong nhật ký.",
      "The PDF is damaged or of a kind that is not supported; see the detail in the log.",
    ],
  ),
  "document.notMade": entry(
    "paper",
    "blocking",
    "D21",
    [
      "Không tạo được bản điện tử. Xin thử lại hoặc gọi cán bộ.",
      "The electronic copy could not be made. Please try again or call a member of staff.",
    ],
    [
      "Tiến trình tạo PDF dừng giữa chừng (thiếu bộ nhớ?) hoặc ảnh trang không dùng được; xem nhật ký.",
      "The process that makes PDFs ended early (memory?), or a page's picture is unusable; see the log.",
    ],
  ),
  "timestamp.unavailable": entry(
    "link",
    "notice",
    "N10",
    [
      "Chưa lấy được dấu thời gian. Chữ ký vẫn được tạo.",
      "No timestamp could be had. The signature is made all the same.",
    ],
    [
      "Máy chủ dấu thời gian (RFC 3161) không trả lời hoặc từ chối: kiểm tra địa chỉ và mạng.",
      "The timestamp server (RFC 3161) does not answer or refuses: check its address and the network.",
    ],
  ),
  // Lines, power, climate, motion, speaker
  "lines.absent": entry(
    "lines",
    "degraded",
    "L01",
    ["Một số đèn báo chưa hoạt động.", "Some lamps do not work."],
    [
      "GPIO không mở được: kiểm tra tên chip và quyền.",
      "GPIO can not be opened: check chip label and permissions.",
    ],
  ),
  "door.open": entry(
    "lines",
    "notice",
    "L02",
    ["Tủ máy đang được mở để bảo trì.", "The cabinet is open for service."],
    ["Đóng cửa tủ.", "Close the cabinet door."],
  ),
  "power.absent": entry(
    "power",
    "notice",
    "B01",
    ["Không đo được nguồn điện.", "Power can not be measured."],
    ["Cảm biến pin trên I2C không trả lời.", "The battery gauge on I2C does not answer."],
  ),
  "power.onBattery": entry(
    "power",
    "degraded",
    "B02",
    ["Đang chạy bằng pin.", "Running on battery."],
    ["Mất điện lưới.", "Mains is gone."],
  ),
  "power.batteryLow": entry(
    "power",
    "outOfService",
    "B03",
    [
      "Sắp hết pin. Xin quay lại khi có điện.",
      "The battery is nearly empty. Please come back when there is power.",
    ],
    ["Nối lại điện lưới.", "Restore mains."],
  ),
  "power.wrongChip": entry(
    "power",
    "notice",
    "B04",
    ["Không đo được nguồn điện.", "Power can not be measured."],
    [
      "Ở địa chỉ 0x36 hoặc 0x40 là chip khác: kiểm tra loại mạch MAX17048, INA219 và các chân địa chỉ.",
      "Another chip sits at 0x36 or 0x40: check that the boards are a MAX17048 and an INA219, and their address pins.",
    ],
  ),
  "power.implausible": entry(
    "power",
    "notice",
    "B05",
    ["Không đo được nguồn điện.", "Power can not be measured."],
    [
      "Số đo điện áp không thể có: kiểm tra dây đo ở pin và bộ nguồn, rồi thay mạch đo.",
      "A voltage that can not be: check the sense wires at cell and adapter, then replace the gauge.",
    ],
  ),
  "power.failing": entry(
    "power",
    "outOfService",
    "B06",
    [
      "Mất điện, máy sắp tắt. Hồ sơ đã gửi vẫn được giữ an toàn.",
      "The mains is gone and the kiosk is about to switch off. What was submitted is kept safe.",
    ],
    [
      "UPS báo mất điện lưới: máy tự tắt sau [power] holdSeconds. Nối lại điện; nếu có điện mà vẫn báo, kiểm tra dây powerLost.",
      "The UPS reports no mains: the kiosk switches itself off after [power] holdSeconds. Restore mains; with mains there, check the wire of powerLost.",
    ],
  ),
  "climate.absent": entry(
    "climate",
    "notice",
    "T01",
    ["Không đo được nhiệt độ.", "Temperature can not be measured."],
    ["Cảm biến SHT31 trên I2C không trả lời.", "The SHT31 sensor on I2C does not answer."],
  ),
  "climate.hot": entry(
    "climate",
    "notice",
    "T02",
    ["Máy đang nóng.", "The kiosk is hot."],
    ["Kiểm tra quạt và khe gió.", "Check the fan and the vents."],
  ),
  "climate.wrongChip": entry(
    "climate",
    "notice",
    "T03",
    ["Không đo được nhiệt độ.", "Temperature can not be measured."],
    [
      "Ở địa chỉ 0x44 là chip khác SHT31: kiểm tra mạch cảm biến và chân địa chỉ của INA219.",
      "The chip at 0x44 is no SHT31: check the sensor board, and the address pins of the INA219.",
    ],
  ),
  "climate.implausible": entry(
    "climate",
    "notice",
    "T04",
    ["Không đo được nhiệt độ.", "Temperature can not be measured."],
    [
      "Nhiệt độ đo được không thể có: thay cảm biến SHT31.",
      "It reads a temperature that can not be: replace the SHT31.",
    ],
  ),
  "motion.absent": entry(
    "motion",
    "notice",
    "G01",
    ["Cảm biến rung chưa hoạt động.", "The tamper sensor does not work."],
    [
      "LIS3DH trên I2C (0x18) không trả lời: kiểm tra dây ở vách sau tủ.",
      "The LIS3DH on I2C (0x18) does not answer: check its wires on the cabinet's back wall.",
    ],
  ),
  "motion.wrongChip": entry(
    "motion",
    "notice",
    "G02",
    ["Cảm biến rung chưa hoạt động.", "The tamper sensor does not work."],
    [
      "Ở địa chỉ 0x18 là chip khác LIS3DH: kiểm tra loại mạch và chân SA0.",
      "The chip at 0x18 is no LIS3DH: check the board's type and its SA0 pin.",
    ],
  ),
  "motion.implausible": entry(
    "motion",
    "notice",
    "G03",
    ["Cảm biến rung chưa hoạt động.", "The tamper sensor does not work."],
    [
      "Gia tốc đo được không thể có khi tủ đứng yên: thay LIS3DH.",
      "It reads an acceleration that a standing cabinet can not have: replace the LIS3DH.",
    ],
  ),
  "motion.tampered": entry(
    "motion",
    "notice",
    "G04",
    ["Xin đừng đập hoặc đẩy máy.", "Please do not hit or push the kiosk."],
    [
      "Tủ bị đập, nghiêng hoặc dời chỗ: xem camera, đến kiểm tra; nếu vừa dời máy thì khởi động lại.",
      "The cabinet was hit, tilted or moved: look at the site and check it; if it was moved on purpose, restart.",
    ],
  ),
  "speaker.absent": entry(
    "speaker",
    "notice",
    "S01",
    ["Loa chưa hoạt động.", "The speaker does not work."],
    ["espeak-ng hoặc thiết bị âm thanh không mở được.", "espeak-ng or the audio device can not be opened."],
  ),
  // Fan and the screen's light
  "fan.absent": entry(
    "fan",
    "notice",
    "H01",
    ["Không điều khiển được quạt.", "The fan can not be driven."],
    [
      "Không thấy quạt hoặc cảm biến nhiệt của [board.fan], hoặc không có quyền ghi: xem chi tiết lỗi và luật udev.",
      "The fan or the thermal zone of [board.fan] is not there or can not be written: see the detail and the udev rules.",
    ],
  ),
  "fan.stalled": entry(
    "fan",
    "degraded",
    "H02",
    ["Quạt của máy không quay.", "The kiosk's fan does not turn."],
    [
      "Quạt được bật mà không quay: gỡ vật cản, kiểm tra dây; nếu còn thì thay quạt.",
      "The fan is told to run and stands: free it, check its wire; if it stays, replace it.",
    ],
  ),
  "fan.hot": entry(
    "fan",
    "degraded",
    "H03",
    ["Bộ xử lý đang nóng, máy có thể chậm.", "The processor is hot, the kiosk may be slow."],
    [
      "Trên 80 °C, bo mạch tự chạy chậm lại: kiểm tra quạt, lá tản nhiệt và khe gió.",
      "Above 80 °C the board slows itself down: check the fan, the heat sink and the vents.",
    ],
  ),
  "backlight.absent": entry(
    "backlight",
    "notice",
    "Y01",
    ["Không chỉnh được độ sáng màn hình.", "The screen's brightness can not be set."],
    [
      "Không thấy đèn nền của [board.backlight] trong /sys/class/backlight, hoặc không có quyền ghi.",
      "The light of [board.backlight] is not in /sys/class/backlight, or can not be written.",
    ],
  ),
  "backlight.dark": entry(
    "backlight",
    "degraded",
    "Y02",
    ["Màn hình có thể bị tối.", "The screen may be dark."],
    [
      "Đèn nền được bật mà báo tối: kiểm tra cáp màn hình, rồi thay tấm màn hình.",
      "The light is told to shine and says that it does not: check the panel's cable, then replace the panel.",
    ],
  ),
  // Store, link, screen, clock, runtime
  "store.full": entry(
    "store",
    "outOfService",
    "K01",
    [
      "Máy tạm không nhận hồ sơ mới. Xin quay lại sau.",
      "The kiosk can not take new applications for now. Please come back later.",
    ],
    ["Bộ nhớ đầy hàng đợi: kiểm tra đường truyền.", "The queue fills the disk: check the link."],
  ),
  "store.unwritable": entry(
    "store",
    "outOfService",
    "K02",
    [
      "Máy tạm không nhận hồ sơ mới. Xin quay lại sau.",
      "The kiosk can not take new applications for now. Please come back later.",
    ],
    ["Ổ đĩa chỉ đọc hoặc không có quyền ghi.", "The disk is read-only or writing is not permitted."],
  ),
  "store.corrupt": entry(
    "store",
    "outOfService",
    "K03",
    [
      "Máy tạm không nhận hồ sơ mới. Xin quay lại sau.",
      "The kiosk can not take new applications for now. Please come back later.",
    ],
    [
      "Cơ sở dữ liệu hỏng; đã để riêng, xem nhật ký.",
      "The database is damaged; it was set aside, see the log.",
    ],
  ),
  "store.repaired": entry(
    "store",
    "notice",
    "K05",
    ["Máy vẫn nhận hồ sơ.", "The kiosk still takes applications."],
    [
      "Dữ liệu bị hỏng đã được sửa, không mất hồ sơ. Chép thư mục set-aside ra ngoài rồi xóa; kiểm tra thẻ nhớ hoặc ổ đĩa.",
      "Damaged data was repaired, no application is lost. Copy the folder set-aside away, then remove it; check the card or disk.",
    ],
  ),
  "store.lost": entry(
    "store",
    "degraded",
    "K06",
    ["Máy vẫn nhận hồ sơ.", "The kiosk still takes applications."],
    [
      "Có hồ sơ có thể đã mất: số hồ sơ ghi trong set-aside/*/report.json, xin báo người nộp. Chép thư mục đó ra ngoài rồi xóa; thay thẻ nhớ hoặc ổ đĩa.",
      "Applications may be lost: their numbers stand in set-aside/*/report.json, tell those who submitted them. Copy that folder away, then remove it; replace the card or disk.",
    ],
  ),
  "keys.unusable": entry(
    "store",
    "outOfService",
    "K04",
    [
      "Máy tạm không nhận hồ sơ mới. Xin quay lại sau.",
      "The kiosk can not take new applications for now. Please come back later.",
    ],
    [
      "Tệp khóa thiếu, hỏng hoặc ai cũng đọc được: xem nhật ký, đặt lại khóa và quyền 600.",
      "A key file is missing, damaged or readable by others: see the log, put the key back with mode 600.",
    ],
  ),
  "keys.tokenAbsent": entry(
    "store",
    "outOfService",
    "K07",
    [
      "Máy tạm không nhận hồ sơ mới. Xin gọi cán bộ hoặc quay lại sau.",
      "The kiosk can not take new applications for now. Please call a member of staff or come back later.",
    ],
    [
      "Thiết bị khóa (token) không trả lời: cắm lại token, kiểm tra đầu đọc và [deviceKey] module, token.",
      "The token with the kiosk's key does not answer: plug it in again, check its reader and [deviceKey] module and token.",
    ],
  ),
  "keys.tokenPin": entry(
    "store",
    "outOfService",
    "K08",
    [
      "Máy tạm không nhận hồ sơ mới. Xin gọi cán bộ hoặc quay lại sau.",
      "The kiosk can not take new applications for now. Please call a member of staff or come back later.",
    ],
    [
      "Token không nhận mã PIN; máy không tự thử lại vì token sẽ khóa. Ghi đúng mã PIN vào tệp [deviceKey] pinFile.",
      "The token refuses the PIN; it is not tried again, since tokens lock. Write the right PIN into the file of [deviceKey] pinFile.",
    ],
  ),
  "keys.tokenKey": entry(
    "store",
    "outOfService",
    "K09",
    [
      "Máy tạm không nhận hồ sơ mới. Xin gọi cán bộ hoặc quay lại sau.",
      "The kiosk can not take new applications for now. Please call a member of staff or come back later.",
    ],
    [
      "Token không có khóa Ed25519 mang nhãn [deviceKey] label: cắm đúng token, sửa nhãn hoặc tạo khóa.",
      "The token has no Ed25519 key with the label of [deviceKey] label: plug in the right token, correct the label, or make the key.",
    ],
  ),
  "keys.otherKey": entry(
    "store",
    "outOfService",
    "K10",
    [
      "Máy tạm không nhận hồ sơ mới. Xin gọi cán bộ hoặc quay lại sau.",
      "The kiosk can not take new applications for now. Please call a member of staff or come back later.",
    ],
    [
      "Token mang khóa khác với khóa máy đã dùng: cắm lại token cũ, hoặc làm bước chứng thư của motcua setup để cổng biết khóa mới.",
      "The token holds another key than the kiosk has used: put the old token back, or do the certificate step of motcua setup so that the portal learns the new key.",
    ],
  ),
  "keys.notEnrolled": entry(
    "store",
    "degraded",
    "K11",
    ["Máy vẫn nhận hồ sơ; hồ sơ được gửi sau.", "The kiosk still takes applications; they are sent later."],
    [
      "Cổng không biết khóa của máy này; hồ sơ được giữ lại, không mất. Cho cổng ghi nhận khóa (motcua doctor cho xem dấu khóa), rồi cho hồ sơ đi lại.",
      "The portal does not know this kiosk's key; what was refused is kept, nothing is lost. Have the portal enrol the key (motcua doctor shows its fingerprint), then let the queue go again.",
    ],
  ),
  "link.down": entry(
    "link",
    "notice",
    "N01",
    [
      "Đang không có mạng. Hồ sơ vẫn được nhận và gửi sau.",
      "There is no network. Applications are taken and sent later.",
    ],
    ["Kiểm tra mạng và máy chủ MQTT.", "Check the network and the MQTT broker."],
  ),
  "link.refused": entry(
    "link",
    "notice",
    "N02",
    [
      "Đang không có mạng. Hồ sơ vẫn được nhận và gửi sau.",
      "There is no network. Applications are taken and sent later.",
    ],
    [
      "Máy chủ MQTT từ chối: kiểm tra chứng thư và đồng hồ.",
      "The MQTT broker refuses: check certificate and clock.",
    ],
  ),
  "link.certificateExpired": entry(
    "link",
    "notice",
    "N03",
    [
      "Đang không có mạng. Hồ sơ vẫn được nhận và gửi sau.",
      "There is no network. Applications are taken and sent later.",
    ],
    [
      "Chứng thư của máy đã hết hạn: làm motcua certificate request, gửi cho người quản trị cổng, rồi install.",
      "The kiosk's certificate has expired: run motcua certificate request, have it answered at the portal, install it.",
    ],
  ),
  "link.certificateRefused": entry(
    "link",
    "notice",
    "N04",
    [
      "Đang không có mạng. Hồ sơ vẫn được nhận và gửi sau.",
      "There is no network. Applications are taken and sent later.",
    ],
    [
      "Máy chủ MQTT không nhận chứng thư của máy (bị thu hồi, hoặc của nơi cấp khác): hỏi người quản trị cổng.",
      "The MQTT broker does not take the kiosk's certificate (revoked, or of another authority): ask who runs the portal.",
    ],
  ),
  "link.brokerUntrusted": entry(
    "link",
    "notice",
    "N05",
    [
      "Đang không có mạng. Hồ sơ vẫn được nhận và gửi sau.",
      "There is no network. Applications are taken and sent later.",
    ],
    [
      "Không tin được máy chủ MQTT: kiểm tra link.url, link.authority và hạn chứng thư của máy chủ.",
      "The MQTT broker can not be trusted: check link.url, link.authority and how long the broker's certificate holds.",
    ],
  ),
  "screen.frozen": entry(
    "screen",
    "degraded",
    "V01",
    ["Màn hình đang khởi động lại.", "The screen is starting again."],
    ["Trang không gửi nhịp tim; đã tải lại.", "The page sent no heartbeat; it was reloaded."],
  ),
  "clock.untrusted": entry(
    "clock",
    "notice",
    "W01",
    ["Đồng hồ của máy chưa đúng.", "The kiosk's clock is not set."],
    ["Chờ đồng bộ thời gian hoặc thay pin đồng hồ.", "Wait for time sync or replace the clock battery."],
  ),
  "runtime.internal": entry(
    "runtime",
    "blocking",
    "R01",
    [
      "Có lỗi trong máy. Xin bắt đầu lại hoặc gọi cán bộ.",
      "Something went wrong in the kiosk. Please start again or call a member of staff.",
    ],
    [
      "Lỗi chương trình; gửi nhật ký cho người phát triển.",
      "A program error; send the log to the developers.",
    ],
  ),
  "model.unusable": entry(
    "runtime",
    "degraded",
    "R02",
    [
      "Một chức năng của máy chưa dùng được. Cán bộ sẽ xem giúp.",
      "One function of the kiosk can not be used. A member of staff will help.",
    ],
    [
      "Tệp mô hình thiếu hoặc khác bản kê (sha256): cài lại chương trình hoặc sửa bản kê mô hình.",
      "A model's file is missing or differs from the manifest (sha256): install again or mend the manifest.",
    ],
  ),
  "runtime.closed": entry(
    "runtime",
    "outOfService",
    "R03",
    [
      "Máy tạm ngừng phục vụ. Xin đến quầy hoặc quay lại sau.",
      "The kiosk is closed for now. Please go to the counter or come back later.",
    ],
    [
      "Trung tâm điều hành đã tạm ngừng máy; mở lại bằng lệnh ở trang Máy trạm của cổng.",
      "Operations closed the kiosk; a command on the portal's fleet page opens it again.",
    ],
  ),
  "update.installing": entry(
    "runtime",
    "outOfService",
    "R10",
    [
      "Máy đang được cập nhật. Xin đến quầy hoặc quay lại sau ít phút.",
      "The kiosk is being updated. Please go to the counter or come back in a few minutes.",
    ],
    [
      "Đang cài bản mới, sau đó máy tự khởi động lại; không ngắt điện. Xem tiến độ: motcua update status.",
      "A new program is being installed, then the machine restarts by itself; leave the power on. See: motcua update status.",
    ],
  ),
  "update.fellBack": entry(
    "runtime",
    "notice",
    "R11",
    ["Máy phục vụ bình thường.", "The kiosk serves as usual."],
    [
      "Bản mới không đạt nên máy đã quay về bản cũ; lý do: motcua update history.",
      "The new program did not prove itself and the one before runs again; for the reason see motcua update history.",
    ],
  ),
  "update.refused": entry(
    "runtime",
    "notice",
    "R12",
    ["Máy phục vụ bình thường.", "The kiosk serves as usual."],
    [
      "Bản được chào không hợp lệ hoặc không hợp máy này và bị từ chối; lý do: motcua update status.",
      "The release that was offered is not valid, or not for this machine, and was refused; for the reason see motcua update status.",
    ],
  ),
} as const satisfies Record<string, FaultEntry>;

export type FaultCode = keyof typeof FAULTS;

/** One occurrence of a fault. `detail` is technical, in English and never personal. */
export interface Fault {
  readonly code: FaultCode;
  readonly detail: string;
  /** Known where a device could not be reached; then it, not the code, says what a technician does. */
  readonly why?: Cause;
}

/** The one error that rooms throw when the world, not the program, is at fault. */
export class FaultError extends Error implements Fault {
  override readonly name = "FaultError";
  declare readonly why?: Cause;
  /** Without a `why` of its own it takes the one of its `cause`. */
  constructor(
    readonly code: FaultCode,
    readonly detail: string,
    options: ErrorOptions & { readonly why?: Cause } = {},
  ) {
    super(`${code}: ${detail}`, options);
    const why = options.why ?? causeIn(options.cause);
    if (why !== undefined) this.why = why;
  }
}

/** Turns anything thrown into a fault; what is not a `FaultError` becomes `fallback`. */
export const toFault = (thrown: unknown, fallback: FaultCode = "runtime.internal"): Fault => {
  const why = causeIn(thrown);
  const known = why === undefined ? {} : { why };
  if (thrown instanceof FaultError) return { code: thrown.code, detail: thrown.detail, ...known };
  return { code: fallback, detail: wordsOf(thrown), ...known };
};

/** Anything can be thrown, also what can not be made a text. */
const wordsOf = (thrown: unknown): string => {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return `something of type ${typeof thrown} was thrown`;
  }
};

/** Where kiosk.toml says how a part is wired. */
const CONFIG_KEY: Readonly<Partial<Record<Part, string>>> = {
  printer: "board.printer.port",
  chipReader: "board.chipReader.port",
  codeReader: "board.codeReader.port",
  documentCamera: "board.documentCamera.camera",
  faceCamera: "board.faceCamera.camera",
  scanner: "board.scanner.device",
  motion: "board.i2c.bus",
  lines: "board.lines",
  power: "board.i2c.bus",
  climate: "board.i2c.bus",
  speaker: "board.speaker",
  fan: "board.fan",
  backlight: "board.backlight",
};

/** Where it says where a part's command is. */
const COMMAND_KEY: Readonly<Partial<Record<Part, string>>> = {
  documentCamera: "board.documentCamera.commandDir",
  faceCamera: "board.faceCamera.commandDir",
  scanner: "board.scanner.commandDir",
  speaker: "board.speaker.command",
};

/** What a technician does about this occurrence: its cause's remedy where that is known. */
export const technicianRemedy = ({ code, why }: Omit<Fault, "detail">): Bilingual => {
  const { part, technician } = FAULTS[code];
  if (why === undefined) return technician;
  const command = /^command/.test(why.kind) ? COMMAND_KEY[part] : undefined;
  const place = { at: why.at, key: command ?? CONFIG_KEY[part] ?? "board" };
  const { vi, en } = CAUSES[why.kind];
  return { vi: vi(place), en: en(place) };
};

export const isFaultCode = (text: string): text is FaultCode => Object.hasOwn(FAULTS, text);
