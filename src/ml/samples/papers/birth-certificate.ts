// What is printed on a sample birth certificate, on its excerpt and on one from before 2015?
import {
  dateInDigits,
  dateInWords,
  inventPerson,
  inventPlace,
  isoDate,
  type Person,
  type Sex,
} from "../people.js";
import type { Random } from "../random.js";
import {
  a4,
  bareName,
  type Day,
  dayInSentence,
  letterHead,
  rule,
  type SamplePaper,
  type Sheet,
  signatureBlock,
  upperName,
} from "./sheet.js";

interface Birth {
  readonly child: Person;
  readonly mother: Person;
  readonly father: Person;
  readonly home: readonly string[];
  readonly registered: Day;
  readonly number: string;
  readonly birthPlace: string;
  readonly official: string;
}

const invent = (random: Random, years: readonly [number, number]): Birth => {
  const home = inventPlace(random);
  const child = inventPerson(random, random.pick<Sex>(["Nam", "Nữ"]), years, home);
  const mother = inventPerson(random, "Nữ", [years[0] - 35, years[0] - 19], home);
  const father = inventPerson(random, "Nam", [years[0] - 38, years[0] - 20]);
  const registered = {
    year: child.birth.year + (child.birth.month === 12 ? 1 : 0),
    month: (child.birth.month % 12) + 1,
    day: random.integer(2, 28),
  };
  const place = home.place.join(", ");
  return {
    child,
    mother,
    father,
    home: home.place,
    registered,
    number: `${random.integer(3, 240)}/${registered.year}`,
    birthPlace: random.pick([
      `Trạm Y tế ${place}`,
      `Bệnh viện Đa khoa ${home.place.at(-1) ?? ""}`,
      `Bệnh viện Phụ sản ${bareName(home.place.at(-1) ?? "")}`,
    ]),
    official: inventPerson(random, "Nam", [1965, 1980]).name,
  };
};

const commonFields = (birth: Birth): Record<string, string> => ({
  number: birth.number,
  fullName: upperName(birth.child),
  birthDate: isoDate(birth.child.birth),
  sex: birth.child.sex,
  ethnicity: birth.child.ethnicity,
  nationality: "Việt Nam",
  birthPlace: birth.birthPlace,
  placeOfOrigin: birth.father.place.join(", "),
  motherName: birth.mother.name,
  motherBirthYear: String(birth.mother.birth.year),
  fatherName: birth.father.name,
  fatherBirthYear: String(birth.father.birth.year),
  registrationPlace: `Ủy ban nhân dân ${birth.home.join(", ")}`,
  registrationDate: isoDate(birth.registered),
});

/** Child and parents as the forms since Circular 04/2020 print them; answers the baseline after them. */
const people = (s: Sheet, top: number, { child, mother, father, home, birthPlace }: Birth): number => {
  let y = s.row(top, `Họ, chữ đệm, tên: ${upperName(child)}`);
  y = s.row(y, `Ngày, tháng, năm sinh: ${dateInDigits(child.birth)}`);
  y = s.row(y, `ghi bằng chữ: ${dateInWords(child.birth)}`);
  y = s.row(y, `Giới tính: ${child.sex}`, [
    [75, `Dân tộc: ${child.ethnicity}`],
    [130, "Quốc tịch: Việt Nam"],
  ]);
  y = s.row(y, `Nơi sinh: ${birthPlace}`);
  y = s.row(y, `Quê quán: ${father.place.join(", ")}`);
  y = s.row(y, `Số định danh cá nhân: ${child.number}`) + 2;
  for (const [who, person] of [
    ["mẹ", mother],
    ["cha", father],
  ] as const) {
    y = s.row(y, `Họ, chữ đệm, tên người ${who}: ${person.name}`);
    y = s.row(y, `Năm sinh: ${person.birth.year}`, [
      [75, `Dân tộc: ${person.ethnicity}`],
      [130, "Quốc tịch: Việt Nam"],
    ]);
    y = s.row(y, `Nơi cư trú: ${home.join(", ")}`) + 2;
  }
  return y;
};

const finish = (
  random: Random,
  s: Sheet,
  { birth, variant, titles, rules }: { birth: Birth; variant: string; titles: string[]; rules: string },
  fields: Record<string, string>,
): SamplePaper => {
  const signed = signatureBlock(s, { x: 150, y: 244, titles, name: birth.official }, random);
  return s.paper({
    kind: "birthCertificate",
    variant,
    drawing: rules + signed.svg,
    seal: signed.seal,
    tint: random.pick(["#fffdf6", "#fdf8f2", "#ffffff"]),
    fields,
  });
};

const certificate = (random: Random): SamplePaper => {
  const birth = invent(random, [2001, 2024]);
  const copy = random.pick([true, false]);
  const s = a4(random, { left: 22 });
  s.heading(20);
  s.centre(39, "GIẤY KHAI SINH", { face: "bold", pt: 22 });
  if (copy) s.centre(47, "(BẢN SAO)", { face: "bold", pt: 12 });
  s.at(188, 47, `Số: ${birth.number}`, { align: "right" });
  let y = people(s, 60, birth);
  y = s.row(y, `Họ, chữ đệm, tên người đi khai sinh: ${birth.father.name}`);
  y = s.row(y, `Giấy tờ tùy thân: Căn cước công dân số ${birth.father.number}`);
  y = s.row(y, `Nơi đăng ký khai sinh: Ủy ban nhân dân ${birth.home.join(", ")}`);
  s.row(y, `Ngày, tháng, năm đăng ký: ${dateInDigits(birth.registered)}`);
  const titles = ["NGƯỜI KÝ GIẤY KHAI SINH", "CHỦ TỊCH"];
  const rules = rule(75, 29, 60);
  const fields = { ...commonFields(birth), personalNumber: birth.child.number };
  return finish(random, s, { birth, variant: "certificate", titles, rules }, fields);
};

const excerpt = (random: Random): SamplePaper => {
  const birth = invent(random, [1985, 2022]);
  const s = a4(random, { left: 22, pitch: 8 });
  const excerptNumber = `${random.integer(3, 900)}/TLKS-BS`;
  const issued = { ...birth.registered, year: Math.min(2026, birth.registered.year + 6) };
  const rules = letterHead(s, 18, {
    authorities: ["ỦY BAN NHÂN DÂN", (birth.home[0] ?? "").toUpperCase()],
    number: `Số: ${excerptNumber}`,
    placeAndDate: `${bareName(birth.home[0] ?? "")}, ${dayInSentence(issued)}`,
  });
  s.centre(51, "TRÍCH LỤC KHAI SINH", { face: "bold", pt: 19 });
  s.centre(58, "(BẢN SAO)", { face: "bold", pt: 12 });
  let y = people(s, 69, birth);
  y = s.row(y, `Nơi đăng ký khai sinh: Ủy ban nhân dân ${birth.home.join(", ")}`);
  y = s.row(y, `Ngày, tháng, năm đăng ký: ${dateInDigits(birth.registered)}`);
  s.row(y, `Ghi chú: Không`);
  const titles = ["NGƯỜI KÝ TRÍCH LỤC", "CHỦ TỊCH"];
  const fields = { ...commonFields(birth), number: excerptNumber, personalNumber: birth.child.number };
  return finish(random, s, { birth, variant: "excerpt", titles, rules }, fields);
};

const old = (random: Random): SamplePaper => {
  const birth = invent(random, [1978, 2013]);
  const { child, mother, father, home } = birth;
  const s = a4(random, { left: 22 });
  s.heading(20);
  s.centre(40, "GIẤY KHAI SINH", { face: "bold", pt: 24 });
  s.centre(48, "BẢN SAO", { face: "bold", pt: 12 });
  s.at(188, 48, `Số: ${birth.number}`, { align: "right" });
  let y = s.row(62, `Họ và tên: ${upperName(child)}`, [[140, `Giới tính: ${child.sex}`]]);
  y = s.row(y, `Ngày, tháng, năm sinh: ${dateInDigits(child.birth)}`);
  y = s.row(y, `(Bằng chữ: ${dateInWords(child.birth)})`);
  y = s.row(y, `Nơi sinh: ${birth.birthPlace}`);
  y = s.row(y, `Dân tộc: ${child.ethnicity}`, [[110, "Quốc tịch: Việt Nam"]]);
  y = s.row(y, `Quê quán: ${father.place.join(", ")}`) + 2;
  for (const [who, person] of [
    ["cha", father],
    ["mẹ", mother],
  ] as const) {
    y = s.row(y, `Họ và tên ${who}: ${person.name}`, [[140, `Năm sinh: ${person.birth.year}`]]);
    y = s.row(y, `Dân tộc: ${person.ethnicity}`, [[110, "Quốc tịch: Việt Nam"]]);
    y = s.row(y, `Nơi thường trú/tạm trú: ${home.join(", ")}`) + 2;
  }
  y = s.row(y, `Nơi đăng ký: Ủy ban nhân dân ${home.join(", ")}`);
  y = s.row(y, `Ngày, tháng, năm đăng ký: ${dateInDigits(birth.registered)}`);
  s.row(y, `Họ và tên người đi khai sinh: ${father.name}`, [[140, "Quan hệ: Cha"]]);
  const titles = ["NGƯỜI KÝ GIẤY KHAI SINH"];
  const rules = rule(75, 29, 60);
  return finish(random, s, { birth, variant: "old", titles, rules }, commonFields(birth));
};

export const birthCertificate = (random: Random): SamplePaper =>
  random.pick([certificate, certificate, excerpt, old])(random);
