// What is printed on a sample decision of an authority?
import { inventPerson, inventPlace, isoDate, type Sex } from "../people.js";
import type { Random } from "../random.js";
import {
  a4,
  bareName,
  dayInSentence,
  inventDay,
  letterHead,
  type SamplePaper,
  signatureBlock,
} from "./sheet.js";

export const decision = (random: Random): SamplePaper => {
  const home = inventPlace(random);
  const person = inventPerson(random, random.pick<Sex>(["Nam", "Nữ"]), [1948, 2002], home);
  const year = random.integer(2018, 2026);
  const issued = inventDay(random, year);
  const [ward = ""] = home.place;
  const province = home.place.at(-1) ?? "";
  const high = random.pick([true, false]);
  const seat = high ? province : ward;
  const number = `${random.integer(12, 4_300)}/QĐ-UBND`;
  const who = `${person.sex === "Nam" ? "ông" : "bà"} ${person.name}`;
  const [subject, article] = random.pick([
    [
      `hưởng trợ cấp xã hội hàng tháng đối với ${who}`,
      `Trợ cấp xã hội hàng tháng đối với ${who}, mức trợ cấp ${random.integer(5, 18)}00.000 đồng/tháng`,
    ],
    [
      `cho phép chuyển mục đích sử dụng đất đối với hộ ${who}`,
      `Cho phép hộ ${who} chuyển mục đích sử dụng ${random.integer(60, 900)} m² đất tại ${ward}`,
    ],
    [
      `công nhận ${who} giữ chức Trưởng thôn nhiệm kỳ ${year} - ${year + 3}`,
      `Công nhận ${who} giữ chức Trưởng thôn thuộc ${ward} kể từ ngày ký`,
    ],
    [
      `xử phạt vi phạm hành chính đối với ${who}`,
      `Xử phạt vi phạm hành chính đối với ${who} với số tiền ${random.integer(2, 9)}.500.000 đồng`,
    ],
  ] as const);
  const s = a4(random, { pitch: 7.6 });
  const rules = letterHead(s, 20, {
    authorities: ["ỦY BAN NHÂN DÂN", seat.toUpperCase()],
    number: `Số: ${number}`,
    placeAndDate: `${bareName(seat)}, ${dayInSentence(issued)}`,
  });
  s.centre(58, "QUYẾT ĐỊNH", { face: "bold", pt: 17 });
  let y = s.block(66, `${random.pick(["Về việc", "V/v"])} ${subject}`, {
    x: 40,
    width: 130,
    align: "centre",
    face: "bold",
  });
  y = s.block(y + 4, `CHỦ TỊCH ỦY BAN NHÂN DÂN ${seat.toUpperCase()}`, {
    align: "centre",
    face: "bold",
  });
  y = s.row(y + 2, "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;");
  y = s.row(y, "Căn cứ Nghị định số 20/2021/NĐ-CP ngày 15 tháng 3 năm 2021 của Chính phủ;");
  y = s.row(y, `Theo đề nghị của công chức chuyên môn ${ward},`);
  s.centre(y + 2, "QUYẾT ĐỊNH:", { face: "bold" });
  y = s.row(y + 11, `Điều 1. ${article}.`);
  y = s.row(y, "Điều 2. Quyết định này có hiệu lực kể từ ngày ký.");
  y = s.row(
    y,
    `Điều 3. Chánh Văn phòng, các bộ phận liên quan và ${who} chịu trách nhiệm thi hành Quyết định này./.`,
  );
  s.at(s.shape.left, y + 4, "Nơi nhận:", { face: "italic", pt: 10 });
  ["- Như Điều 3;", "- Sở Nội vụ (báo cáo);", "- Lưu: VT."].forEach((line, index) => {
    s.at(s.shape.left, y + 9 + index * 5, line, { pt: 9.5 });
  });
  const official = inventPerson(random, random.pick<Sex>(["Nam", "Nữ"]), [1962, 1985]).name;
  const titles = random.pick([["CHỦ TỊCH"], ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]]);
  const signed = signatureBlock(s, { x: 150, y: y + 4, titles, name: official }, random);
  return s.paper({
    kind: "decision",
    variant: high ? "province" : "ward",
    drawing: rules + signed.svg,
    seal: signed.seal,
    tint: "#ffffff",
    fields: {
      number,
      issueDate: isoDate(issued),
      issuer: `ỦY BAN NHÂN DÂN ${seat.toUpperCase()}`,
      subject,
      article1: article,
      signerName: official,
    },
  });
};
