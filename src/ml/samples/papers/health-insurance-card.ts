// What is printed on a sample health-insurance card, before 2021 and since?
import { dateInDigits, inventPerson, isoDate, type Sex } from "../people.js";
import type { Random } from "../random.js";
import { guilloche, ID1, shortPlace } from "./card.js";
import {
  bareName,
  inventDay,
  type SampleFont,
  type SamplePaper,
  Sheet,
  sealSvg,
  signatureSvg,
} from "./sheet.js";

/** Groups of the insured with the digit of what they are paid (Decision 1351/QĐ-BHXH). */
const GROUPS = ["GD4", "DN4", "HS4", "HN2", "CN3", "DT2", "TE1", "HT3", "BT2", "NN4"] as const;

interface Insured {
  readonly name: string;
  readonly birth: string;
  readonly isoBirth: string;
  readonly sex: Sex;
  readonly address: string;
  readonly hospital: string;
  readonly province: string;
  readonly code: string;
  /** The social insurance number. */
  readonly digits: string;
  readonly from: ReturnType<typeof inventDay>;
  readonly five: ReturnType<typeof inventDay>;
}

const invent = (random: Random): Insured => {
  const person = inventPerson(random, random.pick<Sex>(["Nam", "Nữ"]), [1940, 2020]);
  const digits = `${person.number.slice(1, 3)}${String(random.integer(0, 99_999_999)).padStart(8, "0")}`;
  const from = inventDay(random, random.integer(2018, 2025));
  return {
    name: person.name,
    birth: dateInDigits(person.birth),
    isoBirth: isoDate(person.birth),
    sex: person.sex,
    address: shortPlace(person.place),
    hospital: random.pick([
      `Trạm Y tế ${person.place[0] ?? ""}`,
      `Trung tâm Y tế ${bareName(person.place.at(-2) ?? "")}`,
      `Bệnh viện Đa khoa ${bareName(person.place.at(-1) ?? "")}`,
    ]),
    province: bareName(person.place.at(-1) ?? ""),
    code: random.pick(GROUPS),
    digits,
    from,
    five: inventDay(random, from.year + random.integer(0, 4)),
  };
};

const paperCard = (random: Random): SamplePaper => {
  const it = invent(random);
  const size = { widthMm: 98, heightMm: 66 } as const;
  const font = random.pick<SampleFont>(["notoSerif", "notoSans", "dejavuSans"]);
  const pt = font === "dejavuSans" ? 6.6 : 7.4;
  const s = new Sheet({ ...size, pt, left: 6, right: 4, pitch: 5, font });
  s.at(57, 8, "BẢO HIỂM XÃ HỘI VIỆT NAM", { align: "centre", face: "bold", pt: pt * 1.15 });
  s.at(57, 14.5, "THẺ BẢO HIỂM Y TẾ", {
    align: "centre",
    face: "bold",
    pt: pt * 1.6,
    colour: "#b3161d",
  });
  const [group, benefit] = [it.code.slice(0, 2), it.code.slice(2)];
  const code = `${group} ${benefit} ${it.digits.slice(0, 2)} ${it.digits}`;
  s.at(6, 21.5, `Mã số: ${code}`, { face: "bold", pt: pt * 1.2 });
  let y = s.block(27, `Họ và tên: ${it.name}`);
  s.at(56, y, `Giới tính: ${it.sex}`);
  y = s.block(y, `Ngày sinh: ${it.birth}`, { width: 46 });
  y = s.block(y, `Địa chỉ: ${it.address}`);
  y = s.block(y, `Nơi ĐK KCB BĐ: ${it.hospital}`);
  y = s.block(y, `Giá trị sử dụng: từ ngày ${dateInDigits(it.from)}`);
  y = s.block(y, `Thời điểm đủ 05 năm liên tục: từ ngày ${dateInDigits(it.five)}`);
  s.at(74, 58, "GIÁM ĐỐC", { align: "centre", face: "bold", pt: pt * 0.9 });
  s.at(74, 64.5, inventPerson(random, "Nam", [1962, 1980]).name, {
    align: "centre",
    face: "bold",
    pt: pt * 0.9,
  });
  const seal = { x: 58, y: 60, radius: 4 };
  return s.paper({
    kind: "healthInsuranceCard",
    variant: "until2020",
    drawing: `${guilloche(size, "#cfe6f4", random)}<circle cx="14" cy="10" r="6" fill="#3f7fb5" opacity="0.6"/>${sealSvg(seal)}${signatureSvg(63, 61.5, random, 0.3)}`,
    seal,
    tint: "#f2f9fd",
    fields: {
      number: `${it.code}${it.digits.slice(0, 2)}${it.digits}`,
      fullName: it.name,
      birthDate: it.isoBirth,
      sex: it.sex,
      address: it.address,
      hospital: it.hospital,
      validFrom: isoDate(it.from),
      fiveYearsFrom: isoDate(it.five),
    },
  });
};

const idCard = (random: Random): SamplePaper => {
  const it = invent(random);
  const font = random.pick<SampleFont>(["notoSans", "notoSans", "dejavuSans"]);
  const pt = font === "dejavuSans" ? 5.8 : 6.4;
  const s = new Sheet({ ...ID1, pt, left: 5, right: 24, pitch: 4.6, font });
  const head = { align: "centre", face: "bold" } as const;
  s.at(48, 6, "BẢO HIỂM XÃ HỘI VIỆT NAM", { ...head, pt: pt * 1.05 });
  s.at(48, 11.6, "THẺ BẢO HIỂM Y TẾ", { ...head, pt: pt * 1.45, colour: "#b3161d" });
  s.at(5, 18, `Mã số: ${it.digits}`, { face: "bold", pt: pt * 1.25 });
  let y = s.block(23.4, `Họ và tên: ${it.name.toUpperCase()}`, { width: 76 });
  s.at(45, y, `Giới tính: ${it.sex}`);
  y = s.block(y, `Ngày sinh: ${it.birth}`, { width: 38 });
  const area = random.pick(["K1", "K2", "K3", ""]);
  if (area !== "") s.at(45, y, `Mã nơi đối tượng sinh sống: ${area}`);
  y = s.block(y, `Mã hưởng: ${it.code.slice(2)}`, { width: 38 });
  y = s.block(y, `Nơi đăng ký KCB ban đầu: ${it.hospital}`, { width: 76 });
  y = s.block(y, `Giá trị sử dụng: từ ngày ${dateInDigits(it.from)}`, { width: 60 });
  s.block(y, `Thời điểm đủ 5 năm liên tục: từ ngày ${dateInDigits(it.five)}`, { width: 60 });
  return s.paper({
    kind: "healthInsuranceCard",
    variant: "since2021",
    drawing: `${guilloche(ID1, "#cfe6f4", random)}<circle cx="12" cy="8" r="5" fill="#3f7fb5" opacity="0.6"/>`,
    seal: null,
    tint: "#eef7fc",
    fields: {
      number: it.digits,
      fullName: it.name.toUpperCase(),
      birthDate: it.isoBirth,
      sex: it.sex,
      benefitCode: it.code.slice(2),
      hospital: it.hospital,
      validFrom: isoDate(it.from),
      fiveYearsFrom: isoDate(it.five),
      ...(area === "" ? {} : { areaCode: area }),
    },
  });
};

export const healthInsuranceCard = (random: Random): SamplePaper => random.pick([paperCard, idCard])(random);
