// Which cameras does libcamera list, and which of them is meant?

export interface ListedCamera {
  /** What `--camera` takes. It follows the order in which the kernel found the sensors: never kept over a restart. */
  readonly index: number;
  readonly model: string;
  /** Where it is connected, e.g. "/base/soc/i2c0mux/i2c@1/imx708@1a": stays as long as the cable does. */
  readonly id: string;
}

/** More than any board has; what lists more is no list of cameras. */
const MOST_CAMERAS = 64;
const LONGEST_LINE = 1_000;
/** "0 : imx477 [4056x3040 12-bit RGGB] (/base/soc/i2c0mux/i2c@1/imx477@1a)"; a USB model has blanks and brackets. */
const ROW = /^\s*(\d{1,3})\s*:\s+(\S.*)$/;

const parseRow = (line: string): ListedCamera | null => {
  const [, index, rest = ""] = ROW.exec(line.trimEnd()) ?? [];
  const opens = rest.lastIndexOf("(");
  const id = rest.slice(opens + 1, -1).trim();
  if (index === undefined || opens < 1 || !rest.endsWith(")") || id === "") return null;
  const before = rest.slice(0, opens);
  const size = before.lastIndexOf("[");
  return { index: Number(index), model: (size > 0 ? before.slice(0, size) : before).trim(), id };
};

/** Reads what `libcamera-still --list-cameras` prints; lines of modes and of warnings are passed over. */
export const parseCameraList = (printed: string): readonly ListedCamera[] => {
  const cameras: ListedCamera[] = [];
  for (const line of printed.split("\n")) {
    if (line.length > LONGEST_LINE || cameras.length >= MOST_CAMERAS) continue;
    const camera = parseRow(line);
    if (camera !== null) cameras.push(camera);
  }
  return cameras;
};

/** "missing": not there, and fewer than the kiosk's two are; "wrong": the id fits none of two, or more than one. */
export type Choice =
  | { readonly camera: ListedCamera }
  | {
      readonly problem: string;
      readonly kind: "missing" | "wrong";
      readonly why: "missing" | "wrongDevice" | "ambiguous";
    };

/** Tray and face: where two are seen and neither is meant, it is not the cable. */
const FITTED = 2;

const listing = (cameras: readonly ListedCamera[]): string =>
  cameras.length === 0 ? "none" : cameras.map(({ index, id }) => `${index} ${id}`).join(", ");

/** By index, whole id, or a part of an id that no other has; `problem` lists what there is. */
export const chooseCamera = (cameras: readonly ListedCamera[], wanted: number | string): Choice => {
  if (typeof wanted === "number") {
    const camera = cameras.find(({ index }) => index === wanted);
    return camera === undefined
      ? {
          kind: "missing",
          why: "missing",
          problem: `libcamera lists no camera ${wanted} (it lists: ${listing(cameras)})`,
        }
      : { camera };
  }
  const exact = cameras.filter(({ id }) => id === wanted);
  const found = exact.length > 0 ? exact : cameras.filter(({ id }) => id.includes(wanted));
  const [camera, another] = found;
  if (camera === undefined)
    return {
      kind: cameras.length >= FITTED ? "wrong" : "missing",
      why: cameras.length >= FITTED ? "wrongDevice" : "missing",
      problem: `libcamera lists no camera with the id "${wanted}" (it lists: ${listing(cameras)})`,
    };
  if (another !== undefined)
    return {
      kind: "wrong",
      why: "ambiguous",
      problem: `the id "${wanted}" fits ${found.length} cameras (${listing(found)})`,
    };
  return { camera };
};
