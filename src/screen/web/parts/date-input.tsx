// How does an old hand enter a date? (Three boxes and a digit pad, not a calendar.)
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useVisit } from "../visit.js";
import { type DateParts, isWhole, joinDate, splitDate } from "./dates.js";

const PARTS = ["day", "month", "year"] as const;
type Part = (typeof PARTS)[number];
const LENGTH: Readonly<Record<Part, number>> = { day: 2, month: 2, year: 4 };

/** A first digit after which no second can come: "4" is the fourth, "2" in months is February. */
const isDone = (part: Part, digits: string): boolean =>
  digits.length === LENGTH[part] ||
  (part === "day" && Number(digits) > 3) ||
  (part === "month" && Number(digits) > 1);

export interface DateInputProps {
  readonly id: string;
  readonly value: string;
  readonly label: string;
  readonly describedBy?: string | undefined;
  readonly invalid: boolean;
  readonly autoFocus?: boolean;
  readonly onChange: (value: string) => void;
  readonly onFocus: () => void;
  readonly onEnter: () => void;
}

export const DateInput = (props: DateInputProps) => {
  const { text } = useVisit();
  const [parts, setParts] = useState<DateParts>(() => splitDate(props.value));
  const boxes = useRef<Partial<Record<Part, HTMLInputElement | null>>>({});
  const sent = useRef(props.value);

  // A value that came from elsewhere (card, paper) replaces what stands here; our own echo does not.
  useEffect(() => {
    if (props.value === sent.current) return;
    sent.current = props.value;
    setParts(splitDate(props.value));
  }, [props.value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it appears
  useEffect(() => {
    if (props.autoFocus === true) boxes.current.day?.focus();
  }, []);

  const change = (part: Part, raw: string) => {
    const digits = raw.replace(/\D/g, "").slice(0, LENGTH[part]);
    const erased = parts[part].startsWith(digits);
    const next = { ...parts, [part]: digits };
    setParts(next);
    const value = joinDate(next) ?? "";
    if (value !== sent.current) {
      sent.current = value;
      props.onChange(value);
    }
    const after = PARTS[PARTS.indexOf(part) + 1];
    if (!erased && isDone(part, digits) && after !== undefined) boxes.current[after]?.focus();
  };
  const onKeyDown = (part: Part) => (event: KeyboardEvent) => {
    const before = PARTS[PARTS.indexOf(part) - 1];
    if (event.key === "Enter") props.onEnter();
    else if (event.key === "Backspace" && parts[part] === "" && before !== undefined)
      boxes.current[before]?.focus();
    else return;
    event.preventDefault();
  };
  const bad = isWhole(parts) && joinDate(parts) === null;
  return (
    <div>
      <fieldset className="date-input" aria-label={props.label}>
        {PARTS.map((part) => (
          <label key={part} className={`date-part date-${part}`}>
            <span>{text(`form.${part}`)}</span>
            <input
              ref={(element) => {
                boxes.current[part] = element;
              }}
              id={part === "day" ? props.id : undefined}
              value={parts[part]}
              inputMode="none"
              autoComplete="off"
              maxLength={LENGTH[part]}
              aria-invalid={props.invalid || bad}
              aria-describedby={props.describedBy}
              onChange={(event) => change(part, event.target.value)}
              onFocus={(event) => {
                event.target.select();
                props.onFocus();
              }}
              onKeyDown={onKeyDown(part)}
            />
          </label>
        ))}
      </fieldset>
      {bad && (
        <p className="field-error" role="alert">
          {text("form.badDate")}
        </p>
      )}
    </div>
  );
};
