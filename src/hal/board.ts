// Which devices does a kiosk have?
import type { Backlight } from "./backlight/backlight.js";
import type { Camera } from "./camera/camera.js";
import type { ChipReader } from "./chip-reader/chip-reader.js";
import type { Climate } from "./climate/climate.js";
import type { CodeReader } from "./code-reader/code-reader.js";
import type { Suffix } from "./code-reader/line-framing.js";
import type { Supervised } from "./device.js";
import type { FanStep } from "./fan/curve.js";
import type { Fan } from "./fan/fan.js";
import type { Lines } from "./lines/lines.js";
import type { Motion } from "./motion/motion.js";
import type { Power } from "./power/power.js";
import type { Printer } from "./printer/printer.js";
import type { Scanner } from "./scanner/scanner.js";
import type { Speaker } from "./speaker/speaker.js";

export interface Board {
  readonly printer: Supervised<Printer>;
  readonly chipReader: Supervised<ChipReader>;
  readonly codeReader: Supervised<CodeReader>;
  readonly documentCamera: Supervised<Camera>;
  readonly faceCamera: Supervised<Camera>;
  readonly scanner: Supervised<Scanner>;
  readonly lines: Supervised<Lines>;
  readonly power: Supervised<Power>;
  readonly climate: Supervised<Climate>;
  readonly motion: Supervised<Motion>;
  readonly speaker: Supervised<Speaker>;
  readonly fan: Supervised<Fan>;
  readonly backlight: Supervised<Backlight>;
  close(): Promise<void>;
}

export type DeviceName = Exclude<keyof Board, "close">;

/**
 * Where each device is wired; `[board]` of kiosk.toml. Simulation differs from hardware only in these
 * addresses: the same drivers run on both.
 */
export interface BoardWiring {
  readonly printer: {
    /** See `PortAddress`. */
    readonly port: string;
    readonly widthDots: 384 | 576;
    readonly model: "epson" | "generic";
  };
  readonly chipReader: {
    /** `serial:PATH[:BAUD]`, `unix:PATH` or `i2c:BUS`. */
    readonly port: string;
  };
  readonly codeReader: {
    /** A byte port, `serial:PATH:auto` (its speed is found), `camera:document` or `camera:face`. */
    readonly port: string;
    /** Stands before each code; empty or left out: detected. */
    readonly prefix?: string;
    readonly suffix?: Suffix;
    /** `camera:document` or `camera:face`: reads codes while the scanner is absent. */
    readonly fallback?: string;
  };
  readonly documentCamera: CameraWiring;
  readonly faceCamera: CameraWiring;
  readonly scanner: ScannerWiring;
  readonly lines: {
    /**
     * `gpio` (what the kernel has), `gpio-sysfs` (onoff), `gpio-cdev` (libgpiod) or `unix:PATH` (the
     * simulated board).
     */
    readonly bus: string;
    /** Label of the GPIO chip as in /sys/class/gpio/gpiochipN/label and in `gpiodetect`. */
    readonly chip: string;
    /** Line name to chip label, for lines on another chip than `chip`. */
    readonly chips?: Readonly<Record<string, string>>;
    /** Line name to offset within the chip; a negative offset means the line is not wired. */
    readonly offsets: Readonly<Record<string, number>>;
    readonly activeLow: readonly string[];
    readonly debounceMs: number;
  };
  readonly i2c: {
    /** Bus number as text ("1") or `unix:PATH`. */
    readonly bus: string;
  };
  /** The tamper sensor on the I2C bus; left out: none is fitted. */
  readonly motion?: { readonly sensor: "lis3dh" | "none" };
  /** Left out: none is fitted. */
  readonly fan?: {
    /**
     * "none", "hwmon:NAME" (pwm1 of the hwmon device of this name), "cooling:TYPE" (the cooling device of this type), or
     * "watch:NAME": the kernel turns it, and a fan that stands is told.
     */
    readonly device: string;
    /** `type` of the thermal zone that it follows. */
    readonly zone: string;
    readonly curve: readonly FanStep[];
    /** Where sysfs is; left out: /sys. */
    readonly sys?: string;
  };
  /** Left out: the screen looks after itself. */
  readonly backlight?: {
    /** "none", "auto" where there is one alone, or its name below /sys/class/backlight. */
    readonly device: string;
    readonly sys?: string;
  };
  readonly speaker: {
    /** `espeak-ng` command line player, or `none`. */
    readonly player: "espeak-ng" | "none";
    /** Folder that holds `espeak-ng`; left out: the one on PATH. */
    readonly commandDir?: string;
    /** Plays a WAVE from stdin with aplay's arguments; "aplay" when left out. */
    readonly command?: string;
    /** ALSA's name of the device, as `aplay -L` lists it; empty or left out: its default. */
    readonly device?: string;
    /** 0 … 1; each visit starts with it. */
    readonly volume?: number;
  };
}

export interface CameraWiring {
  /**
   * The camera's id in `libcamera-still --list-cameras`, or a part of it that no other has ("imx477"). A number is
   * libcamera's own, which may change with a reboot: only for a board with one camera.
   */
  readonly camera: number | string;
  /** Folder that holds the `libcamera-still` command; empty: the one on PATH. */
  readonly commandDir: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly deadlineMs: number;
}

export interface ScannerWiring {
  /**
   * "none"; or SANE's name of the scanner, a part of its name, vendor and model that no other has, or
   * "usb:VVVV:PPPP" (vendor and product in hexadecimal, as `lsusb` prints them).
   */
  readonly device: string;
  /** Folder that holds the `scanimage` command; empty: the one on PATH. */
  readonly commandDir: string;
  readonly dpi: number;
  readonly mode: "color" | "gray";
  /** A batch ends after so many. */
  readonly maxSheets: number;
  /** Without progress for so long the scanner is taken for stalled; lamps warm up for up to 20 s. */
  readonly deadlineMs: number;
}
