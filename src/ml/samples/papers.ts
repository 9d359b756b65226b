// What is printed on a sample birth certificate and on a sample diploma, and where?
import { dateInDigits, dateInWords, inventPerson, isoDate, type Person, type Sex } from "./people.js";
import { type Random, seededRandom } from "./random.js";

export type SampleKind = "birthCertificate" | "diploma";

export interface Item {
  readonly text: string;
  /** Millimetres of the page; y is the baseline. */
  readonly x: number;
  readonly y: number;
  readonly pt: number;
  readonly face: "regular" | "bold" | "italic";
  readonly align: "left" | "centre" | "right";
  readonly colour?: string;
}

export interface SamplePaper {
  readonly kind: SampleKind;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly items: readonly Item[];
  /** SVG in millimetres, drawn under the text: frames, seals. */
  readonly drawing: string;
  readonly tint: string;
  /** What a perfect reader gives, by field key. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Rows of text from top to bottom, as a person would read them out. */
export const paperText = (paper: SamplePaper): string => {
  const rows = new Map<number, Item[]>();
  for (const item of paper.items) rows.set(item.y, [...(rows.get(item.y) ?? []), item]);
  return [...rows.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, items]) =>
      [...items]
        .sort((a, b) => a.x - b.x)
        .map((item) => item.text)
        .join(" "),
    )
    .join("\n");
};

const INK = "#14141c";

class Sheet {
  readonly items: Item[] = [];
  constructor(
    readonly widthMm: number,
    readonly pt: number,
    readonly left: number,
    readonly pitch: number,
  ) {}

  centre(y: number, text: string, options: Partial<Item> = {}): void {
    this.items.push({
      text,
      x: this.widthMm / 2,
      y,
      pt: this.pt,
      face: "regular",
      align: "centre",
      colour: INK,
      ...options,
    });
  }

  at(x: number, y: number, text: string, options: Partial<Item> = {}): void {
    this.items.push({ text, x, y, pt: this.pt, face: "regular", align: "left", colour: INK, ...options });
  }

  /** Text from the left margin, wrapped at the right one; answers the baseline of the row after it. */
  row(y: number, text: string, cells: readonly (readonly [x: number, text: string])[] = []): number {
    for (const [x, cell] of cells) this.at(x, y, cell);
    // 0.53 em is the mean advance of Vietnamese text in Noto; the margin has room for the rest.
    const perLine = Math.floor((this.widthMm - this.left - 20) / (this.pt * 0.3528 * 0.53));
    let line = "";
    let at = y;
    for (const word of text.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > perLine) {
        this.at(this.left, at, line);
        at += this.pitch;
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    this.at(this.left, at, line);
    return at + this.pitch;
  }

  heading(y: number, colour = INK): void {
    this.centre(y, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", { face: "bold", pt: 13, colour });
    this.centre(y + 7, "Độc lập - Tự do - Hạnh phúc", { face: "bold", pt: 13, colour });
  }
}

/** Round red seal with a star: what a real paper has where the signature stands. */
const seal = (x: number, y: number, radius: number): string => {
  const points = Array.from({ length: 10 }, (_, i) => {
    const r = i % 2 === 0 ? radius * 0.4 : radius * 0.16;
    const a = (Math.PI * i) / 5 - Math.PI / 2;
    return `${(x + r * Math.cos(a)).toFixed(2)},${(y + r * Math.sin(a)).toFixed(2)}`;
  }).join(" ");
  return `<g opacity="0.75" fill="none" stroke="#c4161c" stroke-width="0.8"><circle cx="${x}" cy="${y}" r="${radius}"/><circle cx="${x}" cy="${y}" r="${radius * 0.72}" stroke-width="0.4"/><polygon points="${points}" fill="#c4161c"/></g>`;
};

const signature = (x: number, y: number, random: Random): string => {
  let path = `M${x} ${y}`;
  for (let i = 0; i < 5; i += 1)
    path += ` q${random.between(1, 5).toFixed(1)} ${random.between(-9, -3).toFixed(1)} ${random.between(3, 8).toFixed(1)} ${random.between(-2, 3).toFixed(1)}`;
  return `<path d="${path}" fill="none" stroke="#1a2f8a" stroke-width="0.5"/>`;
};

const birthCertificate = (seed: number): SamplePaper => {
  const random = seededRandom(seed);
  const sex = random.pick<Sex>(["Nam", "Nữ"]);
  const child = inventPerson(random, sex, [2001, 2020]);
  const mother = inventPerson(random, "Nữ", [1968, 1980]);
  const father = inventPerson(random, "Nam", [1965, 1980]);
  const place = child.place.join(", ");
  const registered = {
    year: child.birth.year,
    month: Math.min(12, child.birth.month + 1),
    day: random.integer(2, 28),
  };
  const number = `${random.integer(3, 240)}/${registered.year}`;
  const issuer = `Ủy ban nhân dân ${place}`;
  const official = inventPerson(random, "Nam", [1965, 1975]);
  const s = new Sheet(210, 13, 22, 8.2);
  s.heading(20);
  s.centre(39, "GIẤY KHAI SINH", { face: "bold", pt: 22 });
  s.centre(47, "(BẢN SAO)", { face: "bold", pt: 12 });
  s.at(188, 47, `Số: ${number}`, { align: "right" });
  let y = s.row(60, `Họ, chữ đệm, tên: ${child.name.toUpperCase()}`);
  y = s.row(y, `Ngày, tháng, năm sinh: ${dateInDigits(child.birth)}`);
  y = s.row(y, `ghi bằng chữ: ${dateInWords(child.birth)}`);
  y = s.row(y, `Giới tính: ${sex}`, [
    [75, `Dân tộc: ${child.ethnicity}`],
    [130, "Quốc tịch: Việt Nam"],
  ]);
  y = s.row(y, `Nơi sinh: Trạm Y tế ${place}`);
  y = s.row(y, `Quê quán: ${father.place.join(", ")}`);
  y = s.row(y, `Số định danh cá nhân: ${child.number}`) + 2;
  const parent = (who: string, person: Person) => {
    y = s.row(y, `Họ, chữ đệm, tên người ${who}: ${person.name}`);
    y = s.row(y, `Năm sinh: ${person.birth.year}`, [
      [75, `Dân tộc: ${person.ethnicity}`],
      [130, "Quốc tịch: Việt Nam"],
    ]);
    y = s.row(y, `Nơi cư trú: ${place}`) + 2;
  };
  parent("mẹ", mother);
  parent("cha", father);
  y = s.row(y, `Họ, chữ đệm, tên người đi khai sinh: ${father.name}`);
  y = s.row(y, `Giấy tờ tùy thân: Căn cước công dân số ${father.number}`);
  y = s.row(y, `Nơi đăng ký khai sinh: ${issuer}`);
  s.row(y, `Ngày, tháng, năm đăng ký: ${dateInDigits(registered)}`);
  s.at(150, 247, "NGƯỜI KÝ GIẤY KHAI SINH", { align: "centre", face: "bold" });
  s.at(150, 254, "CHỦ TỊCH", { align: "centre", face: "bold" });
  s.at(150, 286, official.name, { align: "centre", face: "bold" });
  return {
    kind: "birthCertificate",
    widthMm: 210,
    heightMm: 297,
    items: s.items,
    drawing: `<path d="M75 29h60" stroke="${INK}" stroke-width="0.4"/>${seal(132, 268, 15)}${signature(140, 273, random)}`,
    tint: "#fffdf6",
    fields: {
      number,
      fullName: child.name.toUpperCase(),
      birthDate: isoDate(child.birth),
      sex,
      ethnicity: child.ethnicity,
      nationality: "Việt Nam",
      birthPlace: `Trạm Y tế ${place}`,
      placeOfOrigin: father.place.join(", "),
      personalNumber: child.number,
      motherName: mother.name,
      motherBirthYear: String(mother.birth.year),
      fatherName: father.name,
      fatherBirthYear: String(father.birth.year),
      registrationPlace: issuer,
      registrationDate: isoDate(registered),
    },
  };
};

const SCHOOLS = [
  ["Trường Trung học phổ thông Lý Tự Trọng", "Quảng Nam"],
  ["Trường Trung học phổ thông Thái Phiên", "Đà Nẵng"],
  ["Trường Trung học phổ thông Thạch Bàn", "Hà Nội"],
  ["Trường Trung học phổ thông Hưng Nhân", "Thái Bình"],
] as const;

const diploma = (seed: number): SamplePaper => {
  const random = seededRandom(seed + 7_000);
  const sex = random.pick<Sex>(["Nam", "Nữ"]);
  const person = inventPerson(random, sex, [1990, 2004]);
  const [school, province] = random.pick(SCHOOLS);
  const year = person.birth.year + 18;
  const issued = { year, month: 8, day: random.integer(10, 28) };
  const grade = random.pick(["Giỏi", "Khá", "Trung bình"]);
  const serial = `B ${random.integer(1_000_000, 9_999_999)}`;
  const book = `${random.integer(100, 999)}/${year}-THPT`;
  const place = `huyện ${person.place[1].replace(/^(huyện|quận) /, "")}, ${person.place[2]}`;
  const s = new Sheet(270, 14, 80, 9);
  const red = "#9c1016";
  s.heading(27, red);
  s.centre(47, `GIÁM ĐỐC SỞ GIÁO DỤC VÀ ĐÀO TẠO ${province.toUpperCase()}`, { pt: 13 });
  s.centre(55, "cấp", { pt: 13 });
  s.centre(69, "BẰNG TỐT NGHIỆP TRUNG HỌC PHỔ THÔNG", { face: "bold", pt: 23, colour: red });
  s.row(82, `Cho: ${person.name.toUpperCase()}`);
  s.row(91, `Ngày sinh: ${dateInDigits(person.birth)}`);
  s.row(100, `Nơi sinh: ${place}`);
  s.row(109, `Giới tính: ${sex}`, [[140, `Dân tộc: ${person.ethnicity}`]]);
  s.row(118, `Học sinh trường: ${school}`);
  s.row(127, `Năm tốt nghiệp: ${year}`, [[150, `Xếp loại tốt nghiệp: ${grade}`]]);
  s.at(195, 141, `${province}, ngày ${issued.day} tháng ${issued.month} năm ${year}`, {
    align: "centre",
    face: "italic",
    pt: 13,
  });
  s.at(195, 149, "GIÁM ĐỐC", { align: "centre", face: "bold", pt: 13 });
  s.at(30, 165, `Số hiệu: ${serial}`, { pt: 12 });
  s.at(30, 173, `Số vào sổ gốc cấp bằng: ${book}`, { pt: 12 });
  s.at(195, 176, inventPerson(random, "Nam", [1960, 1970]).name, { align: "centre", face: "bold", pt: 13 });
  const frame = (inset: number, width: number) =>
    `<rect x="${inset}" y="${inset}" width="${270 - 2 * inset}" height="${190 - 2 * inset}" fill="none" stroke="#b98a2f" stroke-width="${width}"/>`;
  return {
    kind: "diploma",
    widthMm: 270,
    heightMm: 190,
    items: s.items,
    drawing: `${frame(8, 1.6)}${frame(11, 0.5)}${seal(178, 164, 15)}${signature(185, 168, random)}<rect x="30" y="100" width="38" height="50" fill="none" stroke="#888" stroke-width="0.4"/>`,
    tint: "#fff7e6",
    fields: {
      fullName: person.name.toUpperCase(),
      birthDate: isoDate(person.birth),
      birthPlace: place,
      sex,
      ethnicity: person.ethnicity,
      school,
      graduationYear: String(year),
      grade,
      serialNumber: serial,
      registerNumber: book,
      issueDate: isoDate(issued),
    },
  };
};

/** Lays out one paper of an invented person. The same seed gives the same paper. */
export const layOutPaper = (kind: SampleKind, seed: number): SamplePaper =>
  kind === "birthCertificate" ? birthCertificate(seed) : diploma(seed);
