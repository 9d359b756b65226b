// What is printed on the first page of a sample land-use certificate, of 2009 and of 2025?
import { inventPerson, inventPlace, isoDate, type Sex } from "../people.js";
import type { Random } from "../random.js";
import {
  a4,
  bareName,
  capitalised,
  dayInSentence,
  inventDay,
  type SamplePaper,
  type Sheet,
  signatureBlock,
} from "./sheet.js";

const TINT = "#fdeef0";
const border = (width: number, height: number): string =>
  `<rect x="9" y="9" width="${width - 18}" height="${height - 18}" fill="none" stroke="#c9808c" stroke-width="1"/><rect x="10.6" y="10.6" width="${width - 21.2}" height="${height - 21.2}" fill="none" stroke="#c9808c" stroke-width="0.3"/>`;

const thousands = (value: number): string => {
  const [whole = "", part = ""] = value.toFixed(1).split(".");
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ".");
  return part === "0" ? grouped : `${grouped},${part}`;
};

const LAND = [
  ["Đất ở tại nông thôn", "Lâu dài"],
  ["Đất ở tại đô thị", "Lâu dài"],
  ["Đất trồng cây lâu năm", "Đến ngày 15/10/2043"],
  ["Đất chuyên trồng lúa nước", "Đến ngày 15/10/2063"],
] as const;

const address = (random: Random, place: readonly string[]): string =>
  `${random.pick(["Thôn 2", "Thôn An Phú", "Tổ dân phố 5", "Khu phố 3", "Số 41 đường Hùng Vương"])}, ${place.join(", ")}`;

/** The cover of the red book: the owner, and the serial number at the foot. */
const cover = (random: Random): SamplePaper => {
  const home = inventPlace(random);
  const sex = random.pick<Sex>(["Nam", "Nữ"]);
  const owner = inventPerson(random, sex, [1945, 1990], home);
  const where = address(random, home.place);
  const serial = `${random.pick(["BK", "CH", "CS", "DB", "CX"])} ${random.integer(100_000, 999_999)}`;
  const s: Sheet = a4(random, { widthMm: 190, heightMm: 265, left: 20, right: 18 });
  const red = "#a3121b";
  s.heading(22);
  s.centre(96, "GIẤY CHỨNG NHẬN", { face: "bold", pt: 24, colour: red });
  s.centre(107, "QUYỀN SỬ DỤNG ĐẤT", { face: "bold", pt: 16, colour: red });
  s.centre(116, "QUYỀN SỞ HỮU NHÀ Ở VÀ TÀI SẢN KHÁC GẮN LIỀN VỚI ĐẤT", {
    face: "bold",
    pt: s.shape.font === "dejavuSerif" ? 11 : 12.5,
    colour: red,
  });
  let y = s.row(134, "I. Người sử dụng đất, chủ sở hữu nhà ở và tài sản khác gắn liền với đất");
  y = s.row(y, `${sex === "Nam" ? "Ông" : "Bà"}: ${owner.name}`, [[125, `Năm sinh: ${owner.birth.year}`]]);
  y = s.row(y, `Căn cước công dân số: ${owner.number}`);
  s.row(y, `Địa chỉ thường trú: ${where}`);
  s.at(172, 248, serial, { align: "right", face: "bold", pt: 15, colour: red });
  const emblem = `<g opacity="0.9"><circle cx="95" cy="62" r="14" fill="#c9353c"/><circle cx="95" cy="62" r="11" fill="none" stroke="#e7b94c" stroke-width="1.6"/></g>`;
  return s.paper({
    kind: "landUseCertificate",
    variant: "cover2009",
    drawing: border(190, 265) + emblem,
    // The state's emblem, not a seal: this page has none.
    seal: null,
    tint: TINT,
    fields: {
      ownerName: owner.name,
      ownerBirthYear: String(owner.birth.year),
      ownerIdNumber: owner.number,
      ownerAddress: where,
      serialNumber: serial,
    },
  });
};

/** The single sheet since 2025 (Circular 10/2024): owner, parcel and what stands on it. */
const sheet2025 = (random: Random): SamplePaper => {
  const home = inventPlace(random);
  const sex = random.pick<Sex>(["Nam", "Nữ"]);
  const owner = inventPerson(random, sex, [1945, 1995], home);
  const where = address(random, home.place);
  const parcelAt = address(random, home.place);
  const area = random.integer(400, 60_000) / 10;
  const [use, term] = random.pick(LAND);
  const parcel = String(random.integer(1, 1_400));
  const map = String(random.integer(1, 120));
  const serial = `AA ${random.integer(10_000_000, 99_999_999)}`;
  const issued = inventDay(random, random.integer(2025, 2026));
  const register = `${random.pick(["CN", "CS", "VP"])} ${random.integer(10_000, 99_999)}`;
  const s: Sheet = a4(random, { left: 22, right: 18, pitch: 8 });
  const red = "#a3121b";
  s.heading(22);
  s.centre(45, "GIẤY CHỨNG NHẬN", { face: "bold", pt: 20, colour: red });
  const title = { face: "bold", pt: s.shape.font === "dejavuSerif" ? 11 : 12.5, colour: red } as const;
  s.centre(53, "QUYỀN SỬ DỤNG ĐẤT, QUYỀN SỞ HỮU TÀI SẢN GẮN LIỀN VỚI ĐẤT", title);
  let y = s.row(68, "1. Người sử dụng đất, chủ sở hữu tài sản gắn liền với đất:");
  y = s.row(y, `${sex === "Nam" ? "Ông" : "Bà"}: ${owner.name}, Căn cước số: ${owner.number}`);
  y = s.row(y, `Địa chỉ: ${where}`);
  y = s.row(y + 2, "2. Thông tin thửa đất:");
  y = s.row(y, `a) Thửa đất số: ${parcel}`, [[105, `b) Tờ bản đồ số: ${map}`]]);
  y = s.row(y, `c) Diện tích: ${thousands(area)} m²`);
  y = s.row(y, `d) Loại đất: ${use}`);
  y = s.row(y, `đ) Thời hạn sử dụng đất: ${term}`);
  y = s.row(y, "e) Hình thức sử dụng đất: Sử dụng riêng");
  y = s.row(y, `g) Địa chỉ: ${parcelAt}`);
  y = s.row(y + 2, "3. Thông tin tài sản gắn liền với đất: Không");
  y = s.row(y, "4. Ghi chú: Không") + 8;
  const province = bareName(home.place.at(-1) ?? "");
  s.at(146, y, `${province}, ${dayInSentence(issued)}`, { align: "centre", face: "italic" });
  const titles = ["CHI NHÁNH VĂN PHÒNG", "ĐĂNG KÝ ĐẤT ĐAI", "GIÁM ĐỐC"];
  const official = inventPerson(random, "Nam", [1965, 1985]).name;
  const signed = signatureBlock(s, { x: 146, y: y + 7, titles, name: official }, random);
  s.at(22, 262, `Số vào sổ cấp Giấy chứng nhận: ${register}`);
  s.at(188, 276, serial, { align: "right", face: "bold", pt: 14, colour: red });
  return s.paper({
    kind: "landUseCertificate",
    variant: "sheet2025",
    drawing: border(210, 297) + signed.svg,
    seal: signed.seal,
    tint: TINT,
    fields: {
      ownerName: owner.name,
      ownerIdNumber: owner.number,
      ownerAddress: where,
      parcelNumber: parcel,
      mapSheet: map,
      area: String(area),
      landUse: use,
      term,
      useForm: "Sử dụng riêng",
      parcelAddress: parcelAt,
      registerNumber: register,
      serialNumber: serial,
      issueDate: isoDate(issued),
    },
  });
};

/** One inner page with owner and parcel, as the certificates of 1993 … 2009 have it. */
const inner = (random: Random): SamplePaper => {
  const home = inventPlace(random);
  const husband = inventPerson(random, "Nam", [1940, 1975], home);
  const where = address(random, home.place);
  const area = random.integer(50, 3_000);
  const [use, term] = random.pick(LAND);
  const parcel = String(random.integer(1, 900));
  const map = String(random.integer(1, 60));
  const issued = inventDay(random, random.integer(2005, 2012));
  const register = `H ${random.integer(10_000, 99_999)}`;
  const serial = `${random.pick(["AL", "AP", "BA"])} ${random.integer(100_000, 999_999)}`;
  const s: Sheet = a4(random, { widthMm: 190, heightMm: 265, left: 22, right: 18, pitch: 8 });
  const upper = home.place.at(-2) ?? "";
  s.centre(22, `ỦY BAN NHÂN DÂN ${upper.toUpperCase()}`, { face: "bold" });
  s.centre(36, "GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT", { face: "bold", pt: 15 });
  let y = s.row(52, "I. Tên người sử dụng đất:");
  y = s.row(y, `Ông: ${husband.name.toUpperCase()}`, [[125, `Năm sinh: ${husband.birth.year}`]]);
  y = s.row(y, `CMND số: ${husband.number.slice(3)}`);
  y = s.row(y, `Địa chỉ thường trú: ${where}`);
  y = s.row(y + 2, "II. Thửa đất được quyền sử dụng");
  y = s.row(y, `1. Thửa đất số: ${parcel}`, [[105, `2. Tờ bản đồ số: ${map}`]]);
  y = s.row(y, `3. Địa chỉ thửa đất: ${where}`);
  y = s.row(y, `4. Diện tích: ${thousands(area)} m²`);
  y = s.row(y, "5. Hình thức sử dụng: Sử dụng riêng");
  y = s.row(y, `6. Mục đích sử dụng đất: ${use}`);
  y = s.row(y, `7. Thời hạn sử dụng đất: ${term}`);
  y = s.row(y, "8. Nguồn gốc sử dụng đất: Nhà nước giao đất không thu tiền") + 6;
  s.at(132, y, `${capitalised(bareName(upper))}, ${dayInSentence(issued)}`, {
    align: "centre",
    face: "italic",
  });
  const titles = ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"];
  const official = inventPerson(random, "Nam", [1950, 1965]).name;
  const signed = signatureBlock(s, { x: 132, y: y + 7, titles, name: official }, random);
  s.at(22, 236, `Số vào sổ cấp giấy chứng nhận: ${register}`);
  s.at(172, 250, serial, { align: "right", face: "bold", pt: 14 });
  return s.paper({
    kind: "landUseCertificate",
    variant: "inner2004",
    drawing: border(190, 265) + signed.svg,
    seal: signed.seal,
    tint: TINT,
    fields: {
      ownerName: husband.name.toUpperCase(),
      ownerBirthYear: String(husband.birth.year),
      ownerIdNumber: husband.number.slice(3),
      ownerAddress: where,
      parcelNumber: parcel,
      mapSheet: map,
      parcelAddress: where,
      area: String(area),
      useForm: "Sử dụng riêng",
      landUse: use,
      term,
      registerNumber: register,
      serialNumber: serial,
      issueDate: isoDate(issued),
    },
  });
};

export const landUseCertificate = (random: Random): SamplePaper =>
  random.pick([cover, sheet2025, sheet2025, inner])(random);
