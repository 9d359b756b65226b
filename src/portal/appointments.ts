// When may the citizen come for the result?

/** yyyy-MM-ddTHH:mm, local time of the authority. */
export type Slot = string;

export interface OfficeHours {
  /** Starts of slots, HH:mm, in order. */
  readonly slots: readonly string[];
  /** Citizens a slot. */
  readonly capacity: number;
  /** yyyy-MM-dd days without service beside week-ends and the fixed public holidays. */
  readonly holidays: readonly string[];
}

const halfHours = (from: string, to: string): string[] => {
  const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  const pad = (value: number) => String(value).padStart(2, "0");
  const out: string[] = [];
  for (let at = minutes(from); at < minutes(to); at += 30)
    out.push(`${pad(Math.floor(at / 60))}:${pad(at % 60)}`);
  return out;
};

/** The hours of a commune's one-stop desk; a deployment gives its own, and its lunar holidays. */
export const OFFICE_HOURS: OfficeHours = {
  slots: [...halfHours("07:30", "11:00"), ...halfHours("13:30", "16:30")],
  capacity: 4,
  holidays: [],
};

/** Labour Code 2019, article 112; Tết and the Hùng Kings' day move with the moon. */
const FIXED_HOLIDAYS: ReadonlySet<string> = new Set(["01-01", "04-30", "05-01", "09-02"]);
const DAY_MS = 24 * 3_600_000;
const LOCAL_OFFSET_MS = 7 * 3_600_000;
const LONGEST_WAIT_DAYS = 400;

/** yyyy-MM-dd in Asia/Ho_Chi_Minh, which has no summer time. */
export const localDay = (epochMs: number): string =>
  new Date(epochMs + LOCAL_OFFSET_MS).toISOString().slice(0, 10);

/** yyyy-MM-ddTHH:mm in Asia/Ho_Chi_Minh. */
export const localMinute = (epochMs: number): string =>
  new Date(epochMs + LOCAL_OFFSET_MS).toISOString().slice(0, 16);

const nextDay = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);

const isWorkingDay = (day: string, hours: OfficeHours): boolean => {
  const weekDay = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekDay !== 0 && weekDay !== 6 && !FIXED_HOLIDAYS.has(day.slice(5)) && !hours.holidays.includes(day);
};

/** The last day of the time limit: working days are counted from the day after taking in, at least one. */
export const dueDay = (fromDay: string, workingDays: number, hours: OfficeHours): string => {
  let day = fromDay;
  for (let counted = 0, steps = 0; counted < Math.max(1, workingDays); steps += 1) {
    if (steps > LONGEST_WAIT_DAYS * 2)
      throw new Error(`no working day within the time limit of ${workingDays}`);
    day = nextDay(day);
    if (isWorkingDay(day, hours)) counted += 1;
  }
  return day;
};

/** The first slot with room on the due day or after it; null when the office is booked out. */
export const findSlot = (
  due: string,
  hours: OfficeHours,
  takenOn: (day: string) => ReadonlyMap<Slot, number>,
): Slot | null => {
  let day = due;
  for (let step = 0; step < LONGEST_WAIT_DAYS; step += 1) {
    if (isWorkingDay(day, hours)) {
      const taken = takenOn(day);
      const free = hours.slots
        .map((time) => `${day}T${time}`)
        .find((slot) => (taken.get(slot) ?? 0) < hours.capacity);
      if (free !== undefined) return free;
    }
    day = nextDay(day);
  }
  return null;
};
