// Is what was typed into day, month and year a date?

export interface DateParts {
  readonly day: string;
  readonly month: string;
  readonly year: string;
}

export const splitDate = (value: string): DateParts => {
  const [, year = "", month = "", day = ""] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) ?? [];
  return { day, month, year };
};

export const isWhole = ({ day, month, year }: DateParts): boolean =>
  day !== "" && month !== "" && year.length === 4;

/** yyyy-MM-dd of a real day of the calendar, else null. */
export const joinDate = ({ day, month, year }: DateParts): string | null => {
  const text = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const at = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
    ? text
    : null;
};
