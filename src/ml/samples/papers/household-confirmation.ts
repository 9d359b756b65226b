// What is printed on a sample confirmation of residence (form CT07)?
import { dateInDigits, inventPerson, inventPlace, isoDate, type Person, type Sex } from "../people.js";
import type { Random } from "../random.js";
import {
  a4,
  bareName,
  dayInSentence,
  INK,
  inventDay,
  letterHead,
  type SamplePaper,
  type Sheet,
  signatureBlock,
  upperName,
} from "./sheet.js";

const COLUMNS = [
  [20, "TT"],
  [30, "Họ, chữ đệm và tên"],
  [85, "Ngày sinh"],
  [112, "Giới tính"],
  [130, "Số định danh cá nhân"],
  [168, "Quan hệ"],
] as const;
const TABLE_RIGHT = 194;

/** The other members of the household in a ruled table; answers the SVG of the rules and the next baseline. */
const members = (
  s: Sheet,
  top: number,
  people: readonly (readonly [Person, string])[],
): readonly [svg: string, y: number] => {
  const row = 7;
  const pt = s.shape.font.startsWith("dejavu") ? 8 : 9;
  const cells = (index: number, texts: readonly string[]) =>
    texts.forEach((text, column) => {
      s.at((COLUMNS[column]?.[0] ?? 0) + 1.5, top + index * row, text, {
        pt,
        face: index === 0 ? "bold" : "regular",
      });
    });
  cells(
    0,
    COLUMNS.map(([, title]) => title),
  );
  people.forEach(([person, relation], index) => {
    const { name, birth, sex, number } = person;
    cells(index + 1, [String(index + 1), name, dateInDigits(birth), sex, number, relation]);
  });
  const bottom = top + people.length * row + 2.2;
  const lines = [
    ...Array.from({ length: people.length + 2 }, (_, i) => {
      const y = i === people.length + 1 ? bottom : top - 4.8 + i * row;
      return `M${COLUMNS[0][0]} ${y}H${TABLE_RIGHT}`;
    }),
    ...[...COLUMNS.map(([x]) => x), TABLE_RIGHT].map((x) => `M${x} ${top - 4.8}V${bottom}`),
  ];
  return [`<path d="${lines.join("")}" fill="none" stroke="${INK}" stroke-width="0.25"/>`, bottom + 6];
};

const RELIGIONS = ["Không", "Không", "Không", "Phật giáo", "Công giáo", "Tin Lành", "Cao Đài"] as const;

export const householdConfirmation = (random: Random): SamplePaper => {
  const home = inventPlace(random);
  const person = inventPerson(random, random.pick<Sex>(["Nam", "Nữ"]), [1950, 2006], home);
  const head = random.pick([true, false]) ? person : inventPerson(random, "Nam", [1945, 1975], home);
  const relation = head === person ? "Chủ hộ" : random.pick(["Con đẻ", "Vợ", "Cháu ruột", "Em ruột"]);
  const year = random.integer(2022, 2026);
  const issued = inventDay(random, year);
  const until = { ...issued, year: year + 1 };
  const number = `${random.integer(11, 2999)}/XN-CA`;
  const [ward = ""] = home.place;
  const origin = inventPlace(random).place.join(", ");
  const address = `${random.pick(["Thôn 3", "Tổ 12", "Số 27 đường Trần Phú", "Thôn Hà Lam", "Số nhà 114"])}, ${home.place.join(", ")}`;
  const religion = random.pick(RELIGIONS);
  const s = a4(random, { left: 20, right: 14, pitch: 7.4, pt: 11 });
  const upper = home.place.length === 3 ? home.place[1] : home.place.at(-1);
  const rules = letterHead(s, 18, {
    authorities: [`CÔNG AN ${(upper ?? "").toUpperCase()}`, `CÔNG AN ${ward.toUpperCase()}`],
    number: `Số: ${number}`,
    placeAndDate: `${bareName(ward)}, ${dayInSentence(issued)}`,
  });
  s.centre(52, "XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ", { face: "bold", pt: 16 });
  let y = s.row(63, `1. Họ, chữ đệm và tên: ${upperName(person)}`);
  y = s.row(y, `2. Ngày, tháng, năm sinh: ${dateInDigits(person.birth)}`, [
    [125, `3. Giới tính: ${person.sex}`],
  ]);
  const boxed = random.pick([true, false]);
  const digits = boxed ? [...person.number].join(" ") : person.number;
  y = s.row(y, `4. Số định danh cá nhân/CMND: ${digits}`);
  y = s.row(y, `5. Dân tộc: ${person.ethnicity}`, [
    [85, `6. Tôn giáo: ${religion}`],
    [135, "7. Quốc tịch: Việt Nam"],
  ]);
  y = s.row(y, `8. Quê quán: ${origin}`);
  y = s.row(y, `9. Nơi thường trú: ${address}`);
  y = s.row(y, "10. Nơi tạm trú: Không");
  y = s.row(y, `11. Nơi ở hiện tại: ${address}`);
  y = s.row(y, `12. Họ, chữ đệm và tên chủ hộ: ${upperName(head)}`);
  y = s.row(y, `13. Quan hệ với chủ hộ: ${relation}`);
  y = s.row(y, `14. Số định danh cá nhân/CMND của chủ hộ: ${head.number}`);
  y = s.row(y, "15. Thông tin các thành viên khác trong hộ gia đình:") + 1;
  const others = Array.from(
    { length: random.integer(1, 4) },
    (_, i) =>
      [inventPerson(random, i % 2 === 0 ? "Nữ" : "Nam", [1975, 2019], home), i === 0 ? "Vợ" : "Con"] as const,
  );
  const [table, after] = members(s, y, others);
  y = s.row(after, "16. Nội dung xác nhận khác (nếu có): Không");
  y = s.row(y, `Xác nhận này có giá trị đến hết ${dayInSentence(until)}./.`) + 4;
  const titles = ["THỦ TRƯỞNG CƠ QUAN ĐĂNG KÝ CƯ TRÚ"];
  const official = inventPerson(random, "Nam", [1970, 1988]).name;
  const signed = signatureBlock(s, { x: 146, y: Math.min(y, 250), titles, name: official }, random);
  return s.paper({
    kind: "householdConfirmation",
    variant: boxed ? "spacedDigits" : "plainDigits",
    drawing: rules + table + signed.svg,
    seal: signed.seal,
    tint: "#ffffff",
    fields: {
      number,
      issueDate: isoDate(issued),
      fullName: upperName(person),
      birthDate: isoDate(person.birth),
      sex: person.sex,
      personalNumber: person.number,
      ethnicity: person.ethnicity,
      religion,
      nationality: "Việt Nam",
      placeOfOrigin: origin,
      permanentResidence: address,
      temporaryResidence: "Không",
      currentResidence: address,
      headName: upperName(head),
      relationToHead: relation,
      headPersonalNumber: head.number,
      validUntil: isoDate(until),
    },
  });
};
