// How is one place chosen out of many with few letters?
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { type Place, placesLike, shortName } from "../../../core/places.js";
import { useVisit } from "../visit.js";
import { composeHardware } from "./compose.js";

/** More than a hand has fingers is no choice; the next letter narrows it. */
const OFFERED = 6;

export interface PlaceInputProps {
  readonly id: string;
  readonly label: string;
  /** Empty: there is nothing to choose from, the name is typed. */
  readonly places: readonly Place[];
  readonly value: string;
  readonly invalid: boolean;
  readonly autoFocus: boolean;
  readonly describedBy: string;
  readonly onType: (text: string) => void;
  readonly onChoose: (place: Place) => void;
  readonly onFocus: () => void;
  /** Enter where nothing is offered. */
  readonly onEnter: () => void;
}

export const PlaceInput = (props: PlaceInputProps) => {
  const { view, text } = useVisit();
  const { places, value } = props;
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const list = useId();
  const holder = useRef<HTMLDivElement>(null);
  const chosen = places.some(({ name }) => name === value);
  const offered = open && !chosen ? placesLike(places, value, OFFERED) : [];
  const marked = offered[Math.min(at, offered.length - 1)];
  // The keys take room from below: what is offered stays in sight with the letters typed.
  const shown = offered.length;
  useEffect(() => {
    if (open && shown >= 0) holder.current?.scrollIntoView({ block: "nearest" });
  }, [open, shown]);
  const choose = (place: Place) => {
    setAt(0);
    props.onChoose(place);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") {
      if (marked !== undefined && value.trim() !== "") choose(marked);
      else props.onEnter();
    } else if (event.key === "ArrowDown") setAt(Math.min(at + 1, offered.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (!composeHardware(event, view.wishes.typing)) return;
    event.preventDefault();
  };
  return (
    <div className="place" ref={holder}>
      <label htmlFor={props.id}>{props.label}</label>
      <span className="box">
        <input
          id={props.id}
          value={value}
          role="combobox"
          aria-expanded={offered.length > 0}
          aria-controls={offered.length === 0 ? undefined : list}
          aria-autocomplete="list"
          aria-activedescendant={marked === undefined ? undefined : `${list}-${marked.code}`}
          aria-invalid={props.invalid}
          aria-describedby={props.describedBy}
          inputMode="none"
          autoComplete="off"
          spellCheck={false}
          maxLength={120}
          // biome-ignore lint/a11y/noAutofocus: the field that wants filling in is the screen's one decision
          autoFocus={props.autoFocus}
          onChange={(event) => {
            setAt(0);
            props.onType(event.target.value.replaceAll(",", " "));
          }}
          onFocus={(event) => {
            setOpen(true);
            if (chosen) event.target.select();
            props.onFocus();
          }}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
        />
      </span>
      {offered.length > 0 && (
        <div className="place-offers" role="listbox" id={list} aria-label={props.label}>
          {offered.map((place) => (
            <button
              key={place.code}
              id={`${list}-${place.code}`}
              type="button"
              role="option"
              tabIndex={-1}
              aria-selected={place === marked}
              className="place-offer"
              // The focus stays with the letters until a place is chosen.
              onPointerDown={(event) => event.preventDefault()}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(place)}
            >
              {shortName(place)}
            </button>
          ))}
        </div>
      )}
      {open && !chosen && places.length > 0 && offered.length === 0 && (
        <p className="field-hint" role="status">
          {text("address.none")}
        </p>
      )}
    </div>
  );
};
