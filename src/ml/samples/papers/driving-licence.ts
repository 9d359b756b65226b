// What is printed on the front of a sample driving licence?
import { dateInDigits, inventPerson, isoDate, type Sex } from "../people.js";
import type { Random } from "../random.js";
import { guilloche, ID1, portrait, shortPlace } from "./card.js";
import { bareName, type SampleFont, type SamplePaper, Sheet, sealSvg, signatureSvg } from "./sheet.js";

const two = (value: number): string => String(value).padStart(2, "0");

/** Classes before 2025 (Circular 12/2017) and since (Road Traffic Order Law 36/2024). */
const OLD_CLASSES = ["A1", "A2", "B1", "B2", "C", "D"] as const;
const NEW_CLASSES = ["A1", "A", "B1", "B", "C1", "C", "D1", "D2"] as const;

export const drivingLicence = (random: Random): SamplePaper => {
  const isNew = random.pick([true, false]);
  const person = inventPerson(random, random.pick<Sex>(["Nam", "Nữ"]), [1960, 2004]);
  const year = Math.max(isNew ? 2025 : 2014, person.birth.year + 18) + (isNew ? random.integer(0, 1) : 0);
  const issued = { year, month: random.integer(1, 12), day: random.integer(1, 28) };
  const licence = random.pick<string>(isNew ? NEW_CLASSES : OLD_CLASSES);
  const endless = licence.startsWith("A");
  const expires = { ...issued, year: year + (licence.startsWith("B") ? 10 : 5) };
  const number = `${person.number.slice(1, 3)}${random.integer(0, 9)}${two(year % 100)}${String(random.integer(0, 9_999_999)).padStart(7, "0")}`;
  const shout = random.pick([true, true, false]);
  const name = shout ? person.name.toUpperCase() : person.name;
  const address = shortPlace(person.place);
  const font = random.pick<SampleFont>(["notoSans", "notoSans", "dejavuSans"]);
  const pt = font === "dejavuSans" ? 5.6 : 6.2;
  const s = new Sheet({ ...ID1, pt, left: 28, right: 2, pitch: 4.1, font });
  const blue = "#20307e";
  s.at(14, 5, isNew ? "BỘ CÔNG AN" : "BỘ GTVT", { align: "centre", face: "bold", pt: pt * 0.9 });
  s.at(14, 8.2, isNew ? "MPS" : "MOT", { align: "centre", pt: pt * 0.8 });
  const head = { align: "centre", face: "bold", pt: pt * 0.9 } as const;
  s.at(56, 5, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", head);
  s.at(56, 8.2, "Độc lập - Tự do - Hạnh phúc", head);
  s.at(56, 13, "GIẤY PHÉP LÁI XE/DRIVER'S LICENSE", { ...head, pt: pt * 1.15, colour: "#b3161d" });
  s.at(56, 17.5, `Số/No: ${number}`, { ...head, pt: pt * 1.2, colour: "#b3161d" });
  let y = 22;
  y = s.block(y, `Họ tên/Full name: ${name}`);
  y = s.block(y, `Ngày sinh/Date of Birth: ${dateInDigits(person.birth)}`);
  y = s.block(y, "Quốc tịch/Nationality: VIỆT NAM");
  y = s.block(y, `Nơi cư trú/Address: ${address}`);
  const province = bareName(person.place.at(-1) ?? "");
  s.at(55, y, `${province}, ngày/date ${two(issued.day)} tháng/month ${two(issued.month)} năm/year ${year}`, {
    align: "centre",
    face: "italic",
    pt: pt * 0.9,
  });
  s.at(4, 42, `Hạng/Class: ${licence}`, { face: "bold", pt: pt * 1.15 });
  s.at(4, 50.5, `Có giá trị đến/Expires: ${endless ? "Không thời hạn" : dateInDigits(expires)}`, { pt });
  s.at(66, y + 4, isNew ? "TRƯỞNG PHÒNG" : "GIÁM ĐỐC", { align: "centre", face: "bold", pt });
  s.at(66, 51.5, inventPerson(random, "Nam", [1960, 1980]).name, { align: "centre", face: "bold", pt });
  const seal = { x: 60, y: 46, radius: 3.6 };
  return s.paper({
    kind: "drivingLicence",
    variant: isNew ? "since2025" : "until2024",
    drawing: `${guilloche(ID1, isNew ? "#d3e3f2" : "#f0e6c8", random)}${portrait(4, 13, 20, 25)}${sealSvg(seal)}${signatureSvg(62, 48, random, 0.3)}<path d="M2 52.8h81.6" stroke="${blue}" stroke-width="0.3"/>`,
    seal,
    tint: isNew ? "#eef5fb" : "#fdf8e6",
    fields: {
      number,
      fullName: name,
      birthDate: isoDate(person.birth),
      nationality: "VIỆT NAM",
      residence: address,
      licenceClass: licence,
      issueDate: isoDate(issued),
      expiryDate: endless ? "Không thời hạn" : isoDate(expires),
    },
  });
};
