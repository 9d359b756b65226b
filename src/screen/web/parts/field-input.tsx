// How is one field shown, filled in and explained?
import { type KeyboardEvent, type ReactNode, useState } from "react";
import type { FieldView } from "../../../flows/view.js";
import { useVisit } from "../visit.js";
import { AddressInput } from "./address-input.js";
import { composeHardware } from "./compose.js";
import { Covered } from "./covered.js";
import { DateInput } from "./date-input.js";
import { CardIcon, DoubtIcon, PaperIcon, PencilIcon } from "./icons.js";
import { SignaturePad } from "./signature-pad.js";
import { focusField } from "./use-fields.js";

export interface FieldInputProps {
  readonly field: FieldView;
  readonly above?: ReactNode;
  readonly value: string;
  readonly autoFocus: boolean;
  readonly onChange: (value: string) => void;
  readonly onFocus: () => void;
  readonly onEnter: () => void;
}

const LONGEST = 2_000;

const Badge = ({ source }: { readonly source: FieldView["source"] }) => {
  const { text } = useVisit();
  if (source === "card")
    return (
      <span className="badge">
        <CardIcon /> {text("form.fromCard")}
      </span>
    );
  if (source === "paper")
    return (
      <span className="badge">
        <PaperIcon /> {text("form.fromPaper")}
      </span>
    );
  return null;
};

const Choice = ({ field, value, onChange, onFocus }: FieldInputProps) => {
  const { pick } = useVisit();
  return (
    <div className="choices" role="radiogroup" aria-label={pick(field.label)} aria-required={field.required}>
      {field.choices.map((choice) => (
        <label key={choice.value} className={choice.value === value ? "choice chosen" : "choice"}>
          <input
            type="radio"
            name={field.key}
            value={choice.value}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
            onFocus={onFocus}
          />
          <span>{pick(choice.label)}</span>
        </label>
      ))}
    </div>
  );
};

const TextBox = ({ field, value, autoFocus, onChange, onFocus, onEnter }: FieldInputProps) => {
  const { view } = useVisit();
  const numeric = field.kind === "digits" || field.kind === "phone";
  const shared = {
    id: `field-${field.key}`,
    value,
    inputMode: "none",
    autoComplete: "off",
    spellCheck: false,
    // The field that wants filling in is the screen's one decision.
    autoFocus,
    maxLength: LONGEST,
    "aria-invalid": field.error !== null,
    "aria-required": field.required,
    "aria-describedby": `about-${field.key}`,
    onChange: (event: { target: { value: string } }) =>
      onChange(numeric ? event.target.value.replace(/[^\d+]/g, "") : event.target.value),
    onFocus,
    onKeyDown: (event: KeyboardEvent<HTMLInputElement | HTMLTextAreaElement>) => {
      if (event.key === "Enter") onEnter();
      else if (numeric || field.kind === "email" || !composeHardware(event, view.wishes.typing)) return;
      event.preventDefault();
    },
  } as const;
  return (
    <span className="box">
      {field.kind === "multiline" ? <textarea rows={3} {...shared} /> : <input {...shared} />}
      <PencilIcon />
    </span>
  );
};

/** Beside typing, not instead of it; gone as soon as something stands there. */
const Suggestions = ({ field, value, onChange, onEnter }: FieldInputProps) => {
  const { pick } = useVisit();
  if (value !== "" || field.suggestions === undefined) return null;
  return (
    <div className="place-offers">
      {field.suggestions.map((suggestion) => (
        <button
          key={suggestion.vi}
          type="button"
          className="place-offer suggestion"
          onClick={() => {
            onChange(suggestion.vi);
            onEnter();
          }}
        >
          {pick(suggestion)}
        </button>
      ))}
    </div>
  );
};

export const FieldInput = (props: FieldInputProps) => {
  const { text, pick } = useVisit();
  const { field } = props;
  // What is empty is to be typed, and who types must see it; the next screen covers it.
  const [seen, setSeen] = useState(props.value === "" || field.error !== null);
  const covered = field.covered === true && !seen && field.error === null;
  const show = () => {
    setSeen(true);
    requestAnimationFrame(() => focusField(field.key));
  };
  const about = `about-${field.key}`;
  const isGroup = covered || ["choice", "date", "address", "signature"].includes(field.kind);
  const label = (
    <>
      {pick(field.label)} {!field.required && <small>({text("form.optional").toLowerCase()})</small>}
    </>
  );
  const parted = {
    id: `field-${field.key}`,
    value: props.value,
    label: pick(field.label),
    describedBy: about,
    invalid: field.error !== null,
    autoFocus: props.autoFocus,
    onChange: props.onChange,
    onFocus: props.onFocus,
    onEnter: props.onEnter,
  };
  return (
    <div
      className={`field${field.doubtful || field.mendedFrom !== undefined ? " doubtful" : ""}${field.unread === true ? " unread" : ""}${field.error === null ? "" : " wrong"}`}
    >
      <div className="field-head">
        {isGroup ? (
          <span className="field-label">{label}</span>
        ) : (
          <label className="field-label" htmlFor={`field-${field.key}`}>
            {label}
          </label>
        )}
        <Badge source={field.source} />
      </div>
      <div id={about} className="field-about">
        {field.hint !== null && <p className="field-hint">{pick(field.hint)}</p>}
        {field.unread === true && (
          <p className="field-doubt">
            <PencilIcon /> {text("papers.unread")}
          </p>
        )}
        {field.fromHand === true && (
          <p className="field-doubt">
            <PencilIcon /> {text("papers.fromHand")}
          </p>
        )}
        {field.mendedFrom !== undefined && (
          <p className="field-doubt">
            <DoubtIcon /> {text("form.mended", { from: field.mendedFrom })}
          </p>
        )}
        {field.doubtful && (
          <p className="field-doubt">
            <DoubtIcon /> {text("form.doubtful")}
          </p>
        )}
        {field.error !== null && (
          <p className="field-error" role="alert">
            <DoubtIcon /> {pick(field.error)}
          </p>
        )}
      </div>
      {props.above}
      {field.kind === "choice" ? (
        <Choice {...props} />
      ) : field.kind === "date" ? (
        <DateInput {...parted} />
      ) : field.kind === "address" ? (
        <AddressInput {...parted} />
      ) : field.kind === "signature" ? (
        <SignaturePad {...parted} />
      ) : covered ? (
        <Covered value={props.value} label={pick(field.label)} onShow={show} />
      ) : (
        <>
          <TextBox {...props} />
          <Suggestions {...props} />
        </>
      )}
    </div>
  );
};
