// What is printed on a sample letter by which a commune confirms something?
import { dateInDigits, inventPerson, inventPlace, isoDate, type Sex } from "../people.js";
import type { Random } from "../random.js";
import {
  a4,
  bareName,
  dayInSentence,
  inventDay,
  letterHead,
  type SamplePaper,
  signatureBlock,
  upperName,
} from "./sheet.js";

const CONTENTS = [
  [
    "hiện đang cư trú tại địa phương, chấp hành tốt chủ trương của Đảng và pháp luật của Nhà nước",
    "bổ túc hồ sơ xin việc làm",
  ],
  ["có hoàn cảnh gia đình khó khăn, thuộc hộ cận nghèo của xã năm 2025", "đề nghị miễn giảm học phí cho con"],
  ["hiện đang trực tiếp sản xuất nông nghiệp tại địa phương", "làm thủ tục nhận chuyển nhượng đất"],
  [
    "có tên trong sổ thu thuế nhà đất và đã sử dụng ổn định thửa đất từ trước ngày 15 tháng 10 năm 1993",
    "lập hồ sơ cấp giấy chứng nhận",
  ],
  ["và người có tên trong giấy khai sinh nêu trên là cùng một người", "điều chỉnh hồ sơ bảo hiểm xã hội"],
] as const;

export const confirmationLetter = (random: Random): SamplePaper => {
  const home = inventPlace(random);
  const person = inventPerson(random, random.pick<Sex>(["Nam", "Nữ"]), [1945, 2006], home);
  const issued = inventDay(random, random.integer(2018, 2026));
  const number = `${random.integer(2, 1_250)}/${random.pick(["GXN-UBND", "GXN-UBND", "XN-UBND"])}`;
  const residence = `${random.pick(["Thôn 4", "Tổ 7", "Thôn Đông Tác", "Bản Hìn", "Ấp 2"])}, ${home.place.join(", ")}`;
  const [content, purpose] = random.pick(CONTENTS);
  const [ward = "", ...rest] = home.place;
  const shout = random.pick([true, false]);
  const name = shout ? upperName(person) : person.name;
  const s = a4(random);
  const authorities = random.pick([
    ["ỦY BAN NHÂN DÂN", ward.toUpperCase()],
    ...(rest.length > 1
      ? [[`ỦY BAN NHÂN DÂN ${(rest[0] ?? "").toUpperCase()}`, `ỦY BAN NHÂN DÂN ${ward.toUpperCase()}`]]
      : [[`ỦY BAN NHÂN DÂN ${ward.toUpperCase()}`]]),
  ]);
  const rules = letterHead(s, 20, {
    authorities,
    number: `Số: ${number}`,
    placeAndDate: `${bareName(ward)}, ${dayInSentence(issued)}`,
  });
  s.centre(62, "GIẤY XÁC NHẬN", { face: "bold", pt: 18 });
  s.centre(74, `ỦY BAN NHÂN DÂN ${ward.toUpperCase()} XÁC NHẬN:`, { face: "bold" });
  const cccd = random.pick(["Căn cước công dân số", "Số CCCD", "Số định danh cá nhân"]);
  let y = s.row(86, `${random.pick(["Ông (Bà)", person.sex === "Nam" ? "Ông" : "Bà"])}: ${name}`);
  y = s.row(y, `${random.pick(["Sinh ngày", "Ngày sinh"])}: ${dateInDigits(person.birth)}`, [
    [120, `Giới tính: ${person.sex}`],
  ]);
  y = s.row(y, `${cccd}: ${person.number}`);
  y = s.row(y, `${random.pick(["Nơi cư trú", "Nơi thường trú"])}: ${residence}`);
  y = s.row(y, `Nội dung xác nhận: Ông (Bà) có tên nêu trên ${content}.`);
  y = s.row(y, `Mục đích: Giấy này được cấp để ${purpose}.`);
  y = s.row(y, `Giấy xác nhận này có giá trị 06 tháng kể từ ngày ký./.`) + 6;
  const official = inventPerson(random, random.pick<Sex>(["Nam", "Nữ"]), [1965, 1988]).name;
  const titles = random.pick([
    ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"],
    ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
    ["CHỦ TỊCH"],
  ]);
  const signed = signatureBlock(s, { x: 150, y, titles, name: official }, random);
  return s.paper({
    kind: "confirmationLetter",
    variant: authorities.length === 2 ? "twoRows" : "oneRow",
    drawing: rules + signed.svg,
    seal: signed.seal,
    tint: "#ffffff",
    fields: {
      number,
      issueDate: isoDate(issued),
      issuer:
        authorities.length === 2 && authorities[0] === "ỦY BAN NHÂN DÂN"
          ? authorities.join(" ")
          : (authorities.at(-1) ?? ""),
      fullName: name,
      birthDate: isoDate(person.birth),
      sex: person.sex,
      personalNumber: person.number,
      residence,
      content: `Ông (Bà) có tên nêu trên ${content}`,
      purpose: `Giấy này được cấp để ${purpose}`,
      signerName: official,
    },
  });
};
