// What is printed on a sample marriage certificate and on its excerpt?
import { dateInDigits, inventPerson, inventPlace, isoDate, type Person } from "../people.js";
import type { Random } from "../random.js";
import {
  a4,
  bareName,
  dayInSentence,
  inventDay,
  letterHead,
  rule,
  type SamplePaper,
  type Sheet,
  signatureBlock,
  upperName,
} from "./sheet.js";

const spouseFields = (who: "wife" | "husband", person: Person, name: string): Record<string, string> => ({
  [`${who}Name`]: name,
  [`${who}BirthDate`]: isoDate(person.birth),
  [`${who}Ethnicity`]: person.ethnicity,
  [`${who}Nationality`]: "Việt Nam",
  [`${who}Residence`]: person.place.join(", "),
  [`${who}IdNumber`]: person.number,
});

interface Marriage {
  readonly wife: Person;
  readonly husband: Person;
  readonly registrar: readonly string[];
  readonly registered: ReturnType<typeof inventDay>;
  readonly number: string;
}

const invent = (random: Random): Marriage => {
  const home = inventPlace(random);
  const wife = inventPerson(random, "Nữ", [1970, 2003]);
  const husband = inventPerson(random, "Nam", [1970, 2002], home);
  // Both have had the birthday that the law wants: 52/2014/QH13, article 8.
  const year = Math.max(wife.birth.year, husband.birth.year) + random.integer(21, 24);
  return {
    wife,
    husband,
    registrar: home.place,
    registered: inventDay(random, year),
    number: `${random.integer(2, 180)}/${year}`,
  };
};

const spouseRows = (who: string, person: Person, name: string, idLabel: string): readonly string[] => [
  `Họ, chữ đệm, tên ${who}: ${name}`,
  `Ngày, tháng, năm sinh: ${dateInDigits(person.birth)}`,
  `Dân tộc: ${person.ethnicity}`,
  "Quốc tịch: Việt Nam",
  `Nơi cư trú: ${person.place.join(", ")}`,
  `Giấy tờ tùy thân: ${idLabel} ${person.number}`,
];

/** The two spouses side by side, wife left (Circular 04/2020). */
const twoColumns = (random: Random): SamplePaper => {
  const { wife, husband, registrar, registered, number } = invent(random);
  const s = a4(random, { left: 18, right: 12, pitch: 8 });
  const shout = random.pick([true, true, false]);
  const name = (person: Person) => (shout ? upperName(person) : person.name);
  const idLabel = random.pick(["Căn cước công dân số", "CCCD số", "Căn cước số"]);
  s.heading(20);
  s.centre(41, "GIẤY CHỨNG NHẬN KẾT HÔN", { face: "bold", pt: 20 });
  s.at(190, 50, `Số: ${number}`, { align: "right" });
  const wifeRows = spouseRows("vợ", wife, name(wife), idLabel);
  const husbandRows = spouseRows("chồng", husband, name(husband), idLabel);
  let y = 64;
  wifeRows.forEach((row, index) => {
    const left = s.block(y, row, { x: 18, width: 82 });
    const right = s.block(y, husbandRows[index] ?? "", { x: 111, width: 84 });
    y = Math.max(left, right);
  });
  y = s.row(y + 4, `Nơi đăng ký kết hôn: Ủy ban nhân dân ${registrar.join(", ")}`);
  y = s.row(y, `Ngày, tháng, năm đăng ký: ${dateInDigits(registered)}`) + 4;
  s.at(45, y, "VỢ", { face: "bold", align: "centre" });
  s.at(105, y, "CHỒNG", { face: "bold", align: "centre" });
  const pens = signatureSvgs(random, y);
  const titles = ["NGƯỜI KÝ GIẤY", "CHỨNG NHẬN KẾT HÔN"];
  const official = inventPerson(random, "Nam", [1965, 1980]).name;
  const signed = signatureBlock(s, { x: 163, y, titles, name: official }, random);
  return s.paper({
    kind: "marriageCertificate",
    variant: "twoColumns",
    drawing: `${rule(75, 29, 60)}${pens}${signed.svg}`,
    seal: signed.seal,
    tint: random.pick(["#fff6f4", "#fffdf6"]),
    fields: {
      number,
      ...spouseFields("wife", wife, name(wife)),
      ...spouseFields("husband", husband, name(husband)),
      registrationPlace: `Ủy ban nhân dân ${registrar.join(", ")}`,
      registrationDate: isoDate(registered),
    },
  });
};

const signatureSvgs = (random: Random, y: number): string =>
  [33, 93]
    .map((x) => {
      let path = `M${x} ${y + 18}`;
      for (let i = 0; i < 4; i += 1)
        path += ` q${random.between(1, 4).toFixed(1)} ${random.between(-7, -2).toFixed(1)} ${random.between(4, 7).toFixed(1)} ${random.between(-2, 2).toFixed(1)}`;
      return `<path d="${path}" fill="none" stroke="#20306e" stroke-width="0.45"/>`;
    })
    .join("");

/** One spouse under the other: the excerpt that is handed out later. */
const excerpt = (random: Random): SamplePaper => {
  const { wife, husband, registrar, registered } = invent(random);
  const s: Sheet = a4(random, { left: 24, pitch: 8 });
  const number = `${random.integer(2, 800)}/TLKH-BS`;
  const issued = inventDay(random, Math.min(2026, registered.year + 3));
  const head = letterHead(s, 18, {
    authorities: ["ỦY BAN NHÂN DÂN", (registrar[0] ?? "").toUpperCase()],
    number: `Số: ${number}`,
    placeAndDate: `${bareName(registrar[0] ?? "")}, ${dayInSentence(issued)}`,
  });
  s.centre(52, "TRÍCH LỤC KẾT HÔN", { face: "bold", pt: 19 });
  s.centre(59, "(BẢN SAO)", { face: "bold", pt: 12 });
  let y = 72;
  for (const [who, person] of [
    ["chồng", husband],
    ["vợ", wife],
  ] as const) {
    y = s.row(y, `Họ, chữ đệm, tên ${who}: ${upperName(person)}`);
    y = s.row(y, `Ngày, tháng, năm sinh: ${dateInDigits(person.birth)}`);
    y = s.row(y, `Dân tộc: ${person.ethnicity}`, [[110, "Quốc tịch: Việt Nam"]]);
    y = s.row(y, `Nơi cư trú: ${person.place.join(", ")}`);
    y = s.row(y, `Giấy tờ tùy thân: Căn cước công dân số ${person.number}`) + 3;
  }
  y = s.row(y, `Nơi đăng ký kết hôn: Ủy ban nhân dân ${registrar.join(", ")}`);
  y = s.row(y, `Ngày, tháng, năm đăng ký: ${dateInDigits(registered)}`) + 6;
  const official = inventPerson(random, "Nữ", [1965, 1985]).name;
  const titles = ["NGƯỜI KÝ TRÍCH LỤC", "PHÓ CHỦ TỊCH"];
  const signed = signatureBlock(s, { x: 152, y, titles, name: official }, random);
  return s.paper({
    kind: "marriageCertificate",
    variant: "excerpt",
    drawing: head + signed.svg,
    seal: signed.seal,
    tint: "#ffffff",
    fields: {
      number,
      ...spouseFields("wife", wife, upperName(wife)),
      ...spouseFields("husband", husband, upperName(husband)),
      registrationPlace: `Ủy ban nhân dân ${registrar.join(", ")}`,
      registrationDate: isoDate(registered),
    },
  });
};

export const marriageCertificate = (random: Random): SamplePaper =>
  random.pick([twoColumns, twoColumns, excerpt])(random);
