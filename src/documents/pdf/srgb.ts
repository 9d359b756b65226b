// What does the profile look like that tells every reader that the colours are sRGB?
//
// Built here (ICC.1:2004-10, version 4.2, a display profile of matrix and curves), so that no file has to be
// carried under somebody's licence. Numbers: IEC 61966-2-1, primaries adapted to D50 with Bradford.

const fixed = (value: number): number => Math.round(value * 65_536);

const tagged = (signature: string, body: readonly number[]): Buffer => {
  const data = Buffer.alloc(8 + 4 * body.length);
  data.write(signature, 0, "latin1");
  for (const [index, value] of body.entries()) data.writeInt32BE(value, 8 + 4 * index);
  return data;
};

const xyz = (x: number, y: number, z: number): Buffer => tagged("XYZ ", [fixed(x), fixed(y), fixed(z)]);

/** Type 3: (aX + b)^g from d on, cX below. */
const curve = (): Buffer => {
  const parameters = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045].map(fixed);
  const data = tagged("para", [0, ...parameters]);
  data.writeUInt16BE(3, 8);
  return data;
};

const text = (value: string): Buffer => {
  const letters = Buffer.from(value, "utf16le").swap16();
  const head = tagged("mluc", [1, 12, 0, letters.length, 28]);
  head.write("enUS", 16, "latin1");
  const data = Buffer.concat([head, letters]);
  return Buffer.concat([data, Buffer.alloc(-data.length & 3)]);
};

const WHITE = [0.9642, 1, 0.8249] as const;

export const sRgbProfile = (): Uint8Array => {
  const trc = curve();
  const tags: readonly (readonly [string, Buffer])[] = [
    ["desc", text("sRGB")],
    ["cprt", text("No copyright, use freely")],
    ["wtpt", xyz(...WHITE)],
    [
      "chad",
      tagged(
        "sf32",
        [1.04791, 0.02293, -0.0502, 0.0296, 0.99046, -0.01707, -0.00925, 0.01506, 0.75179].map(fixed),
      ),
    ],
    ["rXYZ", xyz(0.43607, 0.22249, 0.01392)],
    ["gXYZ", xyz(0.38515, 0.71687, 0.09708)],
    ["bXYZ", xyz(0.14307, 0.06061, 0.7141)],
    ["rTRC", trc],
    ["gTRC", trc],
    ["bTRC", trc],
  ];
  const table = Buffer.alloc(4 + 12 * tags.length);
  table.writeUInt32BE(tags.length, 0);
  const bodies: Buffer[] = [];
  const placed = new Map<Buffer, number>();
  let at = 128 + table.length;
  for (const [index, [signature, body]] of tags.entries()) {
    const known = placed.get(body);
    table.write(signature, 4 + 12 * index, "latin1");
    table.writeUInt32BE(known ?? at, 8 + 12 * index);
    table.writeUInt32BE(body.length, 12 + 12 * index);
    if (known !== undefined) continue;
    placed.set(body, at);
    bodies.push(body);
    at += body.length;
  }
  return Buffer.concat([header(at), table, ...bodies]);
};

const header = (size: number): Buffer => {
  const data = Buffer.alloc(128);
  data.writeUInt32BE(size, 0);
  data.writeUInt32BE(0x0420_0000, 8);
  data.write("mntrRGB XYZ ", 12, "latin1");
  // A date is asked for; the same one each time keeps the bytes the same.
  for (const [index, value] of [2026, 1, 1].entries()) data.writeUInt16BE(value, 24 + 2 * index);
  data.write("acsp", 36, "latin1");
  for (const [index, value] of WHITE.entries()) data.writeInt32BE(fixed(value), 68 + 4 * index);
  return data;
};
