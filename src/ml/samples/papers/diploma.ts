// What is printed on a sample school diploma and on a university's degree?
import { dateInDigits, inventPerson, isoDate, type Sex } from "../people.js";
import type { Random } from "../random.js";
import { type SampleFont, type SamplePaper, Sheet, sealSvg, signatureSvg, upperName } from "./sheet.js";

const SCHOOLS = [
  ["Trường Trung học phổ thông Lý Tự Trọng", "Quảng Nam"],
  ["Trường Trung học phổ thông Thái Phiên", "Đà Nẵng"],
  ["Trường Trung học phổ thông Thạch Bàn", "Hà Nội"],
  ["Trường Trung học phổ thông Hưng Nhân", "Thái Bình"],
  ["Trường Phổ thông Dân tộc nội trú Krông Búk", "Đắk Lắk"],
  ["Trường Trung học phổ thông chuyên Lương Văn Tụy", "Ninh Bình"],
  ["Trường Trung học phổ thông Nguyễn Thông", "Vĩnh Long"],
] as const;

const UNIVERSITIES = [
  ["TRƯỜNG ĐẠI HỌC QUY NHƠN", "QUY NHON UNIVERSITY", "Bình Định", "Binh Dinh"],
  ["TRƯỜNG ĐẠI HỌC TÂY NGUYÊN", "TAY NGUYEN UNIVERSITY", "Đắk Lắk", "Dak Lak"],
  ["TRƯỜNG ĐẠI HỌC VINH", "VINH UNIVERSITY", "Nghệ An", "Nghe An"],
  ["TRƯỜNG ĐẠI HỌC QUẢNG NAM", "QUANG NAM UNIVERSITY", "Quảng Nam", "Quang Nam"],
] as const;

const MAJORS = [
  ["Kế toán", "Accounting"],
  ["Công nghệ thông tin", "Information Technology"],
  ["Quản lý đất đai", "Land Management"],
  ["Giáo dục Tiểu học", "Primary Education"],
  ["Kỹ thuật xây dựng", "Civil Engineering"],
] as const;

const GRADES = [
  ["Xuất sắc", "Excellent"],
  ["Giỏi", "Very good"],
  ["Khá", "Good"],
  ["Trung bình", "Average"],
] as const;

const RED = "#9c1016";

const frames = (width: number, height: number): string =>
  [
    [8, 1.6],
    [11, 0.5],
  ]
    .map(
      ([inset = 0, stroke = 0]) =>
        `<rect x="${inset}" y="${inset}" width="${width - 2 * inset}" height="${height - 2 * inset}" fill="none" stroke="#b98a2f" stroke-width="${stroke}"/>`,
    )
    .join("");

const withoutMarks = (text: string): string =>
  text.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll("đ", "d").replaceAll("Đ", "D");

const school = (random: Random): SamplePaper => {
  const person = inventPerson(random, random.pick<Sex>(["Nam", "Nữ"]), [1980, 2006]);
  const [name, province] = random.pick(SCHOOLS);
  const year = person.birth.year + 18;
  const issued = { year, month: 8, day: random.integer(10, 28) };
  const grade = random.pick(["Giỏi", "Khá", "Trung bình"]);
  const serial = `${random.pick(["A", "B"])} ${random.integer(1_000_000, 9_999_999)}`;
  const book = `${random.integer(100, 999)}/${year}-THPT`;
  const place = person.place.slice(-2).join(", ");
  const font = random.pick<SampleFont>(["notoSerif", "notoSerif", "dejavuSerif"]);
  const pt = font === "dejavuSerif" ? 12.5 : 14;
  const s = new Sheet({ widthMm: 270, heightMm: 190, pt, left: 80, right: 16, pitch: 9, font });
  s.heading(27, { colour: RED });
  s.centre(47, `GIÁM ĐỐC SỞ GIÁO DỤC VÀ ĐÀO TẠO ${province.toUpperCase()}`, { pt: 13 });
  s.centre(55, "cấp", { pt: 13 });
  s.centre(69, "BẰNG TỐT NGHIỆP TRUNG HỌC PHỔ THÔNG", { face: "bold", pt: pt * 1.55, colour: RED });
  let y = s.row(82, `Cho: ${upperName(person)}`);
  y = s.row(y, `Ngày sinh: ${dateInDigits(person.birth)}`);
  y = s.row(y, `Nơi sinh: ${place}`);
  y = s.row(y, `Giới tính: ${person.sex}`, [[140, `Dân tộc: ${person.ethnicity}`]]);
  y = s.block(y, `Học sinh trường: ${name}`, { width: 178 });
  s.row(y, `Năm tốt nghiệp: ${year}`, [[150, `Xếp loại tốt nghiệp: ${grade}`]]);
  const place2 = { align: "centre", pt: 13 } as const;
  s.at(195, 141, `${province}, ngày ${issued.day} tháng ${issued.month} năm ${year}`, {
    ...place2,
    face: "italic",
  });
  s.at(195, 149, "GIÁM ĐỐC", { ...place2, face: "bold" });
  s.at(30, 165, `Số hiệu: ${serial}`, { pt: 12 });
  s.at(30, 173, `Số vào sổ gốc cấp bằng: ${book}`, { pt: 12 });
  s.at(195, 176, inventPerson(random, "Nam", [1960, 1970]).name, { ...place2, face: "bold" });
  const seal = { x: 176, y: 159, radius: 13 };
  return s.paper({
    kind: "diploma",
    variant: "school",
    drawing: `${frames(270, 190)}${sealSvg(seal)}${signatureSvg(185, 168, random)}<rect x="30" y="100" width="38" height="50" fill="none" stroke="#888" stroke-width="0.4"/>`,
    seal,
    tint: "#fff7e6",
    fields: {
      fullName: upperName(person),
      birthDate: isoDate(person.birth),
      birthPlace: place,
      sex: person.sex,
      ethnicity: person.ethnicity,
      school: name,
      graduationYear: String(year),
      grade,
      serialNumber: serial,
      registerNumber: book,
      issueDate: isoDate(issued),
    },
  });
};

/** English left, Vietnamese right, as Circular 27/2019 has them. */
const degree = (random: Random): SamplePaper => {
  const person = inventPerson(random, random.pick<Sex>(["Nam", "Nữ"]), [1985, 2001]);
  const [name, english, province, provinceEnglish] = random.pick(UNIVERSITIES);
  const [major, majorEnglish] = random.pick(MAJORS);
  const [grade, gradeEnglish] = random.pick(GRADES);
  const [kind, kindEnglish] = random.pick([
    ["CỬ NHÂN", "BACHELOR"],
    ["KỸ SƯ", "ENGINEER"],
  ] as const);
  const year = person.birth.year + 22;
  const issued = { year, month: 9, day: random.integer(10, 28) };
  const serial = `QN${random.integer(100_000, 999_999)}`;
  const book = `${random.integer(100, 999)}/${year}/ĐH`;
  const s = new Sheet({
    widthMm: 297,
    heightMm: 210,
    pt: 11.5,
    left: 20,
    right: 16,
    pitch: 8.5,
    font: "notoSerif",
  });
  const left = 20;
  const right = 158;
  const head = { align: "centre", face: "bold", pt: 11 } as const;
  s.at(80, 25, "SOCIALIST REPUBLIC OF VIET NAM", head);
  s.at(80, 31, "Independence - Freedom - Happiness", head);
  s.at(217, 25, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", head);
  s.at(217, 31, "Độc lập - Tự do - Hạnh phúc", head);
  s.at(80, 45, `THE RECTOR OF ${english}`, head);
  s.at(80, 52, "confers", { ...head, face: "regular" });
  s.at(217, 45, `HIỆU TRƯỞNG ${name}`, head);
  s.at(217, 52, "cấp", { ...head, face: "regular" });
  const title = { ...head, pt: 18, colour: RED } as const;
  s.at(80, 63, `THE DEGREE OF ${kindEnglish}`, title);
  s.at(217, 63, `BẰNG ${kind}`, title);
  s.at(80, 72, majorEnglish, head);
  s.at(217, 72, major, head);
  const rows = [
    [`Upon: ${withoutMarks(person.name)}`, `Cho: ${person.name}`],
    [`Date of birth: ${dateInDigits(person.birth)}`, `Ngày sinh: ${dateInDigits(person.birth)}`],
    [`Year of graduation: ${year}`, `Năm tốt nghiệp: ${year}`],
    [`Degree classification: ${gradeEnglish}`, `Xếp loại tốt nghiệp: ${grade}`],
    ["Mode of study: Full-time", "Hình thức đào tạo: Chính quy"],
  ] as const;
  rows.forEach(([theirs, ours], index) => {
    s.at(left, 84 + index * 8.5, theirs);
    s.at(right, 84 + index * 8.5, ours);
  });
  s.at(80, 134, `${provinceEnglish}, ${issued.day} September ${year}`, { align: "centre", face: "italic" });
  s.at(217, 134, `${province}, ngày ${issued.day} tháng ${issued.month} năm ${year}`, {
    align: "centre",
    face: "italic",
  });
  s.at(217, 141, "HIỆU TRƯỞNG", head);
  s.at(217, 172, inventPerson(random, "Nam", [1960, 1970]).name, head);
  s.at(left, 170, `Reg. No: ${book}`, { pt: 10.5 });
  s.at(right, 184, `Số hiệu: ${serial}`, { pt: 10.5 });
  s.at(right, 191, `Số vào sổ gốc cấp bằng: ${book}`, { pt: 10.5 });
  const seal = { x: 198, y: 155, radius: 13 };
  return s.paper({
    kind: "diploma",
    variant: "degree",
    drawing: `${frames(297, 210)}${sealSvg(seal)}${signatureSvg(207, 162, random)}`,
    seal,
    tint: "#fffaf0",
    fields: {
      fullName: person.name,
      birthDate: isoDate(person.birth),
      major,
      graduationYear: String(year),
      grade,
      serialNumber: serial,
      registerNumber: book,
      issueDate: isoDate(issued),
    },
  });
};

export const diploma = (random: Random): SamplePaper => random.pick([school, school, degree])(random);
