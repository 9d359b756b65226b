// What is printed on a sample vehicle registration, as a card and as a paper?
import { dateInDigits, inventPerson, isoDate, type Sex } from "../people.js";
import type { Random } from "../random.js";
import { guilloche, ID1, shortPlace } from "./card.js";
import {
  bareName,
  type Day,
  dayInSentence,
  inventDay,
  letterHead,
  type SampleFont,
  type SamplePaper,
  Sheet,
  sealSvg,
  signatureBlock,
  signatureSvg,
} from "./sheet.js";

interface Vehicle {
  readonly car: boolean;
  readonly brand: string;
  readonly model: string;
  readonly colour: string;
  readonly capacity: string;
  readonly seats: string;
}

const MOTORCYCLES = [
  ["HONDA", "WAVE ALPHA", "109"],
  ["HONDA", "VISION", "110"],
  ["YAMAHA", "SIRIUS", "110"],
  ["SUZUKI", "RAIDER", "147"],
  ["SYM", "ATTILA", "125"],
  ["PIAGGIO", "LIBERTY", "124"],
] as const;
const CARS = [
  ["TOYOTA", "VIOS", "1496"],
  ["HYUNDAI", "ACCENT", "1368"],
  ["KIA", "MORNING", "1248"],
  ["FORD", "RANGER", "1996"],
  ["MAZDA", "CX-5", "1998"],
  ["THACO", "TOWNER 990", "1243"],
] as const;
const COLOURS = ["Đen", "Trắng", "Đỏ - Đen", "Bạc", "Xanh", "Nâu", "Xám - Đen"] as const;

const vehicle = (random: Random): Vehicle => {
  const car = random.pick([true, false]);
  const [brand, model, capacity] = car ? random.pick(CARS) : random.pick(MOTORCYCLES);
  return { car, brand, model, colour: random.pick(COLOURS), capacity, seats: car ? "5" : "2" };
};

/** ISO 3779 has no I, O and Q. */
const LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ";
const letters = (random: Random, count: number): string =>
  Array.from({ length: count }, () => LETTERS[random.integer(0, LETTERS.length - 1)] ?? "A").join("");
const digits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => String(random.integer(0, 9))).join("");

/** 17 signs: maker's code, description, year, works, serial number. */
const chassisNumber = (random: Random): string =>
  `R${random.pick(["LH", "LM", "NH", "LC"])}${letters(random, 1)}${letters(random, 1)}${digits(random, 4)}${letters(random, 2)}${digits(random, 6)}`;
const engineNumber = (random: Random): string =>
  `${letters(random, 2)}${digits(random, 2)}E${digits(random, 7)}`;

const plateNumber = (random: Random, car: boolean): string => {
  const place = random.pick(["29", "30", "43", "47", "92", "76", "17", "37", "51", "65", "14"]);
  const series = car ? letters(random, 1) : `-${letters(random, 1)}${random.integer(1, 9)}`;
  return car
    ? `${place}${series}-${digits(random, 3)}.${digits(random, 2)}`
    : `${place}${series} ${digits(random, 3)}.${digits(random, 2)}`;
};

interface Registration {
  readonly it: Vehicle;
  readonly owner: string;
  readonly address: string;
  readonly province: string;
  readonly number: string;
  readonly engine: string;
  readonly chassis: string;
  readonly plate: string;
  readonly first: Day;
  readonly official: string;
}

const invent = (random: Random): Registration => {
  const it = vehicle(random);
  const person = inventPerson(random, random.pick<Sex>(["Nam", "Nữ"]), [1955, 2003]);
  return {
    it,
    owner: random.pick([true, false]) ? person.name.toUpperCase() : person.name,
    address: shortPlace(person.place),
    province: person.place.at(-1) ?? "",
    number: digits(random, 6),
    engine: engineNumber(random),
    chassis: chassisNumber(random),
    plate: plateNumber(random, it.car),
    first: inventDay(random, random.integer(2010, 2025)),
    official: inventPerson(random, "Nam", [1965, 1985]).name,
  };
};

const fieldsOf = ({ it, owner, address, number, engine, chassis, plate, first }: Registration) => ({
  number,
  ownerName: owner,
  address,
  brand: it.brand,
  model: it.model,
  colour: it.colour,
  engineNumber: engine,
  chassisNumber: chassis,
  plateNumber: plate,
  firstRegistrationDate: isoDate(first),
});

const card = (random: Random): SamplePaper => {
  const it = invent(random);
  const font = random.pick<SampleFont>(["notoSans", "notoSans", "dejavuSans"]);
  const pt = font === "dejavuSans" ? 5.2 : 5.8;
  const s = new Sheet({ ...ID1, pt, left: 4, right: 3, pitch: 4, font });
  const head = { align: "centre", face: "bold", pt: pt * 0.9 } as const;
  s.at(20, 4.6, `CÔNG AN ${it.province.toUpperCase()}`, head);
  s.at(20, 7.6, "PHÒNG CẢNH SÁT GIAO THÔNG", { ...head, pt: pt * 0.85 });
  s.at(61, 4.6, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", head);
  s.at(61, 7.6, "Độc lập - Tự do - Hạnh phúc", head);
  const title = it.it.car ? "CHỨNG NHẬN ĐĂNG KÝ XE Ô TÔ" : "CHỨNG NHẬN ĐĂNG KÝ XE MÔ TÔ, XE MÁY";
  s.centre(12.4, title, { face: "bold", pt: pt * 1.25, colour: "#b3161d" });
  s.centre(16, `Số (Number): ${it.number}`, { pt: pt * 1.1 });
  let y = s.block(20.4, `Tên chủ xe (Owner's full name): ${it.owner}`);
  y = s.block(y, `Địa chỉ (Address): ${it.address}`);
  const pairs = [
    [`Nhãn hiệu (Brand): ${it.it.brand}`, `Số loại (Model code): ${it.it.model}`],
    [`Màu sơn (Color): ${it.it.colour}`, `Dung tích (Capacity): ${it.it.capacity}`],
  ] as const;
  for (const [left, right] of pairs) {
    s.at(45, y, right);
    y = s.block(y, left, { width: 38 });
  }
  y = s.block(y, `Số máy (Engine N°): ${it.engine}`);
  y = s.block(y, `Số khung (Chassis N°): ${it.chassis}`);
  s.at(4, 49.5, "Biển số đăng ký (N° plate)", { pt: pt * 0.95 });
  s.at(4, 52.6, it.plate, { face: "bold", pt: pt * 1.5 });
  s.at(34, 47, `Đăng ký lần đầu ngày: ${dateInDigits(it.first)}`, { pt: pt * 0.95 });
  s.at(72, 52, it.official, { align: "centre", face: "bold", pt: pt * 0.9 });
  const seal = { x: 78, y: 46.2, radius: 3.6 };
  return s.paper({
    kind: "vehicleRegistration",
    variant: "card",
    drawing: `${guilloche(ID1, "#dcead6", random)}${sealSvg(seal)}${signatureSvg(74, 49, random, 0.2)}`,
    seal,
    tint: "#f5fbef",
    fields: { ...fieldsOf(it), capacity: it.it.capacity },
  });
};

/** The larger certificate on paper, in use since 2023 for those who want it printed. */
const paper = (random: Random): SamplePaper => {
  const it = invent(random);
  const s = new Sheet({
    widthMm: 148,
    heightMm: 210,
    pt: 10,
    left: 14,
    right: 10,
    pitch: 7.4,
    font: random.pick<SampleFont>(["notoSerif", "notoSerif", "dejavuSerif", "notoSans"]),
  });
  const scaled = new Sheet({ ...s.shape, font: s.shape.font });
  const head = letterHead(scaled, 14, {
    authorities: [`CÔNG AN ${it.province.toUpperCase()}`, "PHÒNG CSGT"],
    number: `Số: ${it.number}`,
  });
  // The head of a half sheet is set smaller than that of a whole one.
  for (const item of scaled.items) s.items.push({ ...item, pt: item.pt * 0.68 });
  const narrow = s.shape.font.startsWith("dejavu") ? 0.85 : 1;
  const title = it.it.car ? "XE Ô TÔ" : "XE MÔ TÔ, XE GẮN MÁY";
  s.centre(40, `CHỨNG NHẬN ĐĂNG KÝ ${title}`, { face: "bold", pt: 12.5 * narrow });
  let y = s.row(54, `Tên chủ xe: ${it.owner}`);
  y = s.row(y, `Địa chỉ: ${it.address}`);
  y = s.row(y, `Nhãn hiệu: ${it.it.brand}`, [[80, `Số loại: ${it.it.model}`]]);
  y = s.row(y, `Màu sơn: ${it.it.colour}`, [[80, `Số chỗ ngồi: ${it.it.seats}`]]);
  y = s.row(y, `Dung tích: ${it.it.capacity} cm³`);
  y = s.row(y, `Số máy: ${it.engine}`);
  y = s.row(y, `Số khung: ${it.chassis}`);
  y = s.row(y, `Biển số đăng ký: ${it.plate}`);
  y = s.row(y, `Đăng ký lần đầu ngày: ${dateInDigits(it.first)}`) + 4;
  const issued = { ...it.first, year: it.first.year + 1 };
  s.at(104, y, `${bareName(it.province)}, ${dayInSentence(issued)}`, { align: "centre", face: "italic" });
  const signed = signatureBlock(s, { x: 104, y: y + 7, titles: ["TRƯỞNG PHÒNG"], name: it.official }, random);
  return s.paper({
    kind: "vehicleRegistration",
    variant: "paper",
    drawing: head + signed.svg,
    seal: signed.seal,
    tint: "#f7fbf2",
    fields: {
      ...fieldsOf(it),
      seats: it.it.seats,
      capacity: it.it.capacity,
      issueDate: isoDate(issued),
    },
  });
};

export const vehicleRegistration = (random: Random): SamplePaper => random.pick([card, paper])(random);
