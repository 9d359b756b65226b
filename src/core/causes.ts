// Why could a device not be reached, and what exactly does a technician do about that?
//
// A fault says what a part can not do (`printer.absent`); its cause says why (`denied`). Causes are the same
// for every part, so they are one closed table and not one code a part: a new cause does not compile until
// both languages know its remedy, which names the path, the group and the key of kiosk.toml.

/** What a remedy's text may name. */
interface Place {
  /** Path, address or command. */
  readonly at: string;
  /** Key of kiosk.toml that says so. */
  readonly key: string;
}

interface CauseEntry {
  readonly vi: (place: Place) => string;
  readonly en: (place: Place) => string;
}

/** Debian's and Yocto's owners of device nodes; `SupplementaryGroups=` of the unit names the same. */
const GROUPS: readonly (readonly [path: RegExp, group: string])[] = [
  [/^\/dev\/(tty|serial\/)/, "dialout"],
  [/^\/dev\/(usb\/)?lp/, "lp"],
  [/^\/dev\/i2c-/, "i2c"],
  [/^(\/dev\/gpiochip|\/sys\/class\/gpio)/, "gpio"],
  [/^\/dev\/(video|media|v4l)/, "video"],
  [/^\/dev\/snd|^(default|plughw|hw|sysdefault)\b/, "audio"],
  [/^\/dev\/bus\/usb/, "plugdev"],
];

/** The group that may open a node, as a technician would add the service's user to it. */
export const groupOf = (path: string): string | null =>
  GROUPS.find(([pattern]) => pattern.test(path))?.[1] ?? null;

/** libsane's udev rules give a scanner's USB node to a group of its own. */
const groupAt = ({ at, key }: Place): string | null =>
  key.startsWith("board.scanner") && at.startsWith("/dev/bus/usb") ? "scanner" : groupOf(at);

/** Debian's package of a command. */
const PACKAGES: readonly (readonly [command: RegExp, name: string])[] = [
  [/(^|\/)(libcamera|rpicam)-/, "rpicam-apps"],
  [/(^|\/)scanimage$/, "sane-utils"],
  [/(^|\/)espeak-ng$/, "espeak-ng"],
  [/(^|\/)aplay$/, "alsa-utils"],
  [/(^|\/)pcscd$/, "pcscd"],
];

const packageOf = (command: string): string => {
  const name = PACKAGES.find(([pattern]) => pattern.test(command))?.[1];
  return name === undefined ? "" : ` (${name})`;
};

const groupVi = (place: Place): string => {
  const { at } = place;
  const group = groupAt(place);
  return group === null
    ? `xem \`ls -l ${at}\` và cấp quyền cho người dùng motcua`
    : `\`usermod -aG ${group} motcua\`, hoặc luật udev GROUP="${group}", MODE="0660"`;
};
const groupEn = (place: Place): string => {
  const { at } = place;
  const group = groupAt(place);
  return group === null
    ? `look at \`ls -l ${at}\` and permit the user motcua`
    : `\`usermod -aG ${group} motcua\`, or a udev rule with GROUP="${group}", MODE="0660"`;
};

export const CAUSES = {
  missing: {
    vi: ({ at, key }) => `Không có ${at}: kiểm tra cáp và nguồn, rồi ${key} trong kiosk.toml.`,
    en: ({ at, key }) => `There is no ${at}: check cable and power, then ${key} in kiosk.toml.`,
  },
  denied: {
    vi: (place) => `Không có quyền mở ${place.at}: ${groupVi(place)}; khởi động lại dịch vụ.`,
    en: (place) => `No permission to open ${place.at}: ${groupEn(place)}; restart the service.`,
  },
  busy: {
    vi: ({ at }) =>
      `Chương trình khác đang giữ ${at}: \`fuser -v ${at}\`; gỡ ModemManager, brltty, getty hoặc CUPS khỏi cổng đó.`,
    en: ({ at }) =>
      `Another program holds ${at}: \`fuser -v ${at}\`; keep ModemManager, brltty, getty or CUPS off it.`,
  },
  directory: {
    vi: ({ at, key }) => `${at} là thư mục, không phải thiết bị: sửa ${key} trong kiosk.toml.`,
    en: ({ at, key }) => `${at} is a directory, not a device: correct ${key} in kiosk.toml.`,
  },
  notADevice: {
    vi: ({ at, key }) => `${at} không phải loại thiết bị cần mở: sửa ${key} trong kiosk.toml.`,
    en: ({ at, key }) => `${at} is not the kind of device that is wanted: correct ${key} in kiosk.toml.`,
  },
  wrongDevice: {
    vi: ({ at, key }) => `Ở ${at} là một thiết bị khác: đổi cáp, hoặc sửa ${key} trong kiosk.toml.`,
    en: ({ at, key }) => `Another device answers at ${at}: swap the cables, or correct ${key} in kiosk.toml.`,
  },
  ambiguous: {
    vi: ({ at, key }) =>
      `${at} khớp với nhiều thiết bị (xem chi tiết): thêm số sê-ri hoặc @cổng USB vào ${key} trong kiosk.toml.`,
    en: ({ at, key }) =>
      `${at} fits several devices (the detail lists them): add the serial number or @USB-port to ${key} in kiosk.toml.`,
  },
  badAddress: {
    vi: ({ at, key }) => `Địa chỉ "${at}" viết sai: sửa ${key} trong kiosk.toml như chi tiết lỗi nêu.`,
    en: ({ at, key }) =>
      `The address "${at}" is not written right: correct ${key} in kiosk.toml as the detail says.`,
  },
  baudRate: {
    vi: ({ at, key }) => `${at} không chạy được tốc độ này: đổi số cuối của ${key} trong kiosk.toml.`,
    en: ({ at, key }) => `${at} can not run at this speed: change the last number of ${key} in kiosk.toml.`,
  },
  wrongSpeed: {
    vi: ({ at, key }) =>
      `Dữ liệu trên ${at} hỏng như khi sai tốc độ: đặt tốc độ của thiết bị vào ${key} trong kiosk.toml.`,
    en: ({ at, key }) =>
      `Bytes on ${at} are garbled as by a wrong speed: put the device's own speed into ${key} in kiosk.toml.`,
  },
  vanished: {
    vi: ({ at }) => `${at} biến mất trong khi mở: cáp lỏng hoặc cổng USB thiếu nguồn.`,
    en: ({ at }) => `${at} went away while it was opened: loose cable, or a USB port short of power.`,
  },
  refused: {
    vi: ({ at, key }) => `${at} từ chối kết nối: bật thiết bị, kiểm tra số cổng ở ${key} trong kiosk.toml.`,
    en: ({ at, key }) =>
      `${at} refuses the connection: switch the device on, check the port in ${key} in kiosk.toml.`,
  },
  unreachable: {
    vi: ({ at, key }) =>
      `Không tới được ${at}: kiểm tra dây mạng, nguồn và địa chỉ ở ${key} trong kiosk.toml.`,
    en: ({ at, key }) =>
      `${at} can not be reached: check network cable, power and the address in ${key} in kiosk.toml.`,
  },
  noAcknowledge: {
    vi: ({ at, key }) =>
      `Không chip nào xác nhận ở ${at}: kiểm tra dây SDA/SCL, nguồn, địa chỉ (\`i2cdetect -y\`) và ${key} trong kiosk.toml.`,
    en: ({ at, key }) =>
      `No chip acknowledges at ${at}: check SDA/SCL, supply, address (\`i2cdetect -y\`) and ${key} in kiosk.toml.`,
  },
  commandMissing: {
    vi: ({ at, key }) =>
      `Không có lệnh ${at}: cài gói chứa nó${packageOf(at)}, hoặc sửa ${key} trong kiosk.toml.`,
    en: ({ at, key }) =>
      `There is no command ${at}: install its package${packageOf(at)}, or correct ${key} in kiosk.toml.`,
  },
  commandDenied: {
    vi: ({ at, key }) => `Không được chạy ${at}: \`chmod 755 ${at}\`, hoặc sửa ${key} trong kiosk.toml.`,
    en: ({ at, key }) => `${at} may not be run: \`chmod 755 ${at}\`, or correct ${key} in kiosk.toml.`,
  },
  noAudioDevice: {
    vi: ({ at, key }) =>
      `Không có thiết bị âm thanh ${at}: xem \`aplay -L\`, cắm loa, sửa ${key} trong kiosk.toml.`,
    en: ({ at, key }) =>
      `There is no audio device ${at}: look at \`aplay -L\`, plug in the speaker, correct ${key} in kiosk.toml.`,
  },
  exhausted: {
    vi: ({ at }) => `Máy hết tài nguyên khi mở ${at} (tệp mở, bộ nhớ): khởi động lại máy và gửi nhật ký.`,
    en: ({ at }) => `The machine ran out (open files, memory) at ${at}: restart it and send the log.`,
  },
} as const satisfies Record<string, CauseEntry>;

export type CauseKind = keyof typeof CAUSES;

/** Why a device could not be reached. */
export interface Cause {
  readonly kind: CauseKind;
  /** Path, address or command; never personal. */
  readonly at: string;
}

/** Something outside `core` that knows why it failed and leaves the part's fault to the driver. */
export class CausedError extends Error {
  override readonly name: string = "CausedError";
  constructor(
    message: string,
    readonly why: Cause,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export const isCauseKind = (text: string): text is CauseKind => Object.hasOwn(CAUSES, text);

const KIND_BY_ERRNO: Readonly<Record<string, CauseKind>> = {
  ENOENT: "missing",
  ENODEV: "vanished",
  ENXIO: "vanished",
  EIO: "vanished",
  EACCES: "denied",
  EPERM: "denied",
  EBUSY: "busy",
  EAGAIN: "busy",
  EISDIR: "directory",
  ENOTDIR: "missing",
  ENOTTY: "notADevice",
  ELOOP: "badAddress",
  ENAMETOOLONG: "badAddress",
  ECONNREFUSED: "refused",
  ETIMEDOUT: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ENOTFOUND: "unreachable",
  EAI_AGAIN: "unreachable",
  EMFILE: "exhausted",
  ENFILE: "exhausted",
  ENOMEM: "exhausted",
};

/** The cause that an errno's name stands for when something is opened; null where it says nothing of use. */
export const causeOfErrno = (errno: string, at: string): Cause | null => {
  const kind = KIND_BY_ERRNO[errno];
  return kind === undefined ? null : { kind, at };
};

/** The same for a command that could not be started. */
export const causeOfCommand = (errno: string, at: string): Cause | null => {
  if (errno === "ENOENT") return { kind: "commandMissing", at };
  if (errno === "EACCES" || errno === "EPERM") return { kind: "commandDenied", at };
  return causeOfErrno(errno, at);
};

/** The cause of anything thrown, also where it was wrapped on its way. */
export const causeIn = (thrown: unknown): Cause | undefined => {
  for (let error = thrown, deep = 0; error instanceof Error && deep < 8; error = error.cause, deep++) {
    const why = (error as { readonly why?: unknown }).why;
    if (isCause(why)) return why;
  }
  return undefined;
};

const isCause = (value: unknown): value is Cause =>
  typeof value === "object" &&
  value !== null &&
  "kind" in value &&
  "at" in value &&
  typeof value.kind === "string" &&
  typeof value.at === "string" &&
  isCauseKind(value.kind);
