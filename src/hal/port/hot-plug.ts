// When is a device plugged in or pulled, at a place where one is expected?
//
// The kernel tells through inotify that a folder changed; what changed is then looked at, because a name alone
// says nothing (a link may point to another node than before). /dev itself is never watched: every write to
// /dev/null in the machine would wake us. It is looked at every second, and so is all that can not be watched.
import { existsSync, type FSWatcher, lstatSync, readdirSync, realpathSync, statSync, watch } from "node:fs";
import { dirname, join } from "node:path";
import type { Clock } from "../../core/clock.js";
import type { PlugEvent, PlugWatch } from "../supervision.js";
import { parseAddress } from "./address.js";
import { listUsbNodes, resolveUsb, type SystemRoots } from "./usb-nodes.js";

/** Where one device is plugged in. */
export interface Spot {
  /** A change in one of these is a reason to look; they need not exist yet. */
  readonly folders: readonly string[];
  /** What is there now; another text is another plug. Null: nothing. Never throws. */
  look(): string | null;
}

/** udev renames, links and permits within this after the kernel's first word. */
const DEBOUNCE_MS = 150;
const POLL_MS = 1_000;
/** Watched folders are looked at all the same now and then: a full inotify queue drops events silently. */
const WATCHED_POLL_MS = 5_000;

/** What a path leads to; a changed owner or mode (a udev rule that came late) counts as another. */
const identity = (path: string): string | null => {
  try {
    const link = lstatSync(path);
    const real = realpathSync(path);
    const { ino, rdev, ctimeMs } = statSync(real);
    return `${link.ino}:${link.isSymbolicLink() ? link.ctimeMs : ""} ${real} ${ino} ${rdev} ${ctimeMs}`;
  } catch {
    return null;
  }
};

export const pathSpot = (path: string): Spot => ({ folders: [dirname(path)], look: () => identity(path) });

/** All entries of a folder whose name fits, e.g. the sound cards. */
export const folderSpot = (folder: string, name: RegExp): Spot => ({
  folders: [folder],
  look: () => {
    try {
      const there = readdirSync(folder).filter((entry) => name.test(entry));
      return there.length === 0 ? null : there.sort().join(" ");
    } catch {
      return null;
    }
  },
});

const usbSpot = (kind: "tty" | "lp", selector: string, roots: SystemRoots): Spot => ({
  folders: [join(roots.dev, kind === "tty" ? "serial/by-path" : "usb")],
  look: () => {
    try {
      return identity(resolveUsb(kind, selector, roots));
    } catch {
      // Two that fit are as good as none to open, but one that is pulled then must be noticed.
      const fitting = listUsbNodes(kind, roots).map(({ node }) => node);
      return fitting.length > 1 ? `ambiguous ${fitting.join(" ")}` : null;
    }
  },
});

/** The place of a port address; null where nothing can be seen from here (a network, a wrong address). */
export const spotOfAddress = (address: string, roots: SystemRoots): Spot | null => {
  const bus = /^(?:i2c:)?(\d{1,3})$/.exec(address)?.[1];
  if (bus !== undefined) return pathSpot(join(roots.dev, `i2c-${bus}`));
  try {
    const parsed = parseAddress(address.replace(/^i2c:/, ""));
    if (parsed.kind === "tcp") return null;
    if ("path" in parsed) return pathSpot(parsed.path);
    return usbSpot(parsed.kind === "serial" ? "tty" : "lp", parsed.usb, roots);
  } catch {
    return null;
  }
};

interface Watched {
  readonly spot: Spot;
  readonly callback: (event: PlugEvent) => void;
  seen: string | null;
}

export interface HotPlugOptions {
  readonly clock: Clock;
  readonly roots: SystemRoots;
}

/** One for all devices of a board. */
export class HotPlug {
  readonly #clock: Clock;
  readonly #roots: SystemRoots;
  readonly #spots = new Set<Watched>();
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: unknown = null;
  #dueMs = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor({ clock, roots }: HotPlugOptions) {
    this.#clock = clock;
    this.#roots = roots;
  }

  /** How many folders the kernel watches for us. */
  get watching(): number {
    return this.#watchers.size;
  }

  at(spot: Spot | null): PlugWatch {
    if (spot === null) return () => () => {};
    return (callback) => {
      const watched: Watched = { spot, callback, seen: spot.look() };
      this.#spots.add(watched);
      this.#plan(this.#arm());
      return () => this.#spots.delete(watched);
    };
  }

  close(): void {
    this.#closed = true;
    this.#clock.clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    this.#spots.clear();
  }

  /** Watches the nearest folder that exists, for each spot; returns when to look again at the latest. */
  #arm(): number {
    const wanted = new Set([...this.#spots].flatMap(({ spot }) => spot.folders.map(nearest)));
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder) && existsSync(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted) this.#watch(folder);
    return [...wanted].every((folder) => this.#watchers.has(folder)) ? WATCHED_POLL_MS : POLL_MS;
  }

  #watch(folder: string): void {
    if (folder === this.#roots.dev || this.#watchers.has(folder)) return;
    try {
      const watcher = watch(folder, { persistent: false }, (event) => {
        // "change" is a write to what lies in the folder: bytes that a printer is sent.
        if (event === "rename") this.#plan(DEBOUNCE_MS);
      });
      watcher.on("error", () => {
        watcher.close();
        this.#watchers.delete(folder);
        this.#plan(DEBOUNCE_MS);
      });
      this.#watchers.set(folder, watcher);
    } catch {
      // No inotify left, or no permission: it is looked at every second then.
    }
  }

  #plan(inMs: number): void {
    if (this.#closed || this.#spots.size === 0) return;
    const dueMs = this.#clock.monotonicMs() + inMs;
    if (dueMs >= this.#dueMs) return;
    this.#clock.clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = this.#clock.setTimeout(() => this.#look(), inMs);
  }

  #look(): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
    // First the watches, then the look: what happens in between is seen by one of the two.
    const againInMs = this.#arm();
    for (const watched of [...this.#spots]) {
      const now = watched.spot.look();
      if (now === watched.seen) continue;
      watched.seen = now;
      watched.callback(now === null ? "gone" : "appeared");
    }
    this.#plan(againInMs);
  }
}

const nearest = (folder: string): string => {
  let at = folder;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
};
