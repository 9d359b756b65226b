// How does one give an address by its two levels and a line? (Province, commune; then the cursor waits at the line.)
import { useEffect, useRef, useState } from "react";
import { PLACES, type Place, placeNamed } from "../../../core/places.js";
import { type AddressParts, joinAddress, splitAddress } from "../../address.js";
import { useVisit } from "../visit.js";
import { composeHardware } from "./compose.js";
import { PencilIcon } from "./icons.js";
import { PlaceInput } from "./place-input.js";

/** What the operator imported for a province; nothing while it is asked for, and when there is nothing. */
const useCommunes = (province: Place | undefined): readonly Place[] => {
  const [found, setFound] = useState<{ readonly code: string; readonly places: readonly Place[] } | null>(
    null,
  );
  const code = province?.code ?? "";
  useEffect(() => {
    if (code === "") return;
    const gone = new AbortController();
    fetch(new URL(`places/${code}`, location.href), { signal: gone.signal, cache: "no-store" })
      .then(async (answer) => setFound({ code, places: answer.ok ? ((await answer.json()) as Place[]) : [] }))
      .catch(() => {});
    return () => gone.abort();
  }, [code]);
  return found?.code === code ? found.places : [];
};

export interface AddressInputProps {
  readonly id: string;
  readonly value: string;
  readonly label: string;
  readonly describedBy: string;
  readonly invalid: boolean;
  readonly autoFocus: boolean;
  readonly onChange: (value: string) => void;
  readonly onFocus: () => void;
  readonly onEnter: () => void;
}

export const AddressInput = (props: AddressInputProps) => {
  const { view, text } = useVisit();
  const [parts, setParts] = useState<AddressParts>(() => splitAddress(props.value));
  const sent = useRef(props.value);
  // A value that came from elsewhere replaces what stands here; our own echo does not.
  useEffect(() => {
    if (props.value === sent.current) return;
    sent.current = props.value;
    setParts(splitAddress(props.value));
  }, [props.value]);
  const commune = useRef<HTMLDivElement>(null);
  const line = useRef<HTMLInputElement>(null);
  const province = placeNamed(PLACES, parts.province);
  const communes = useCommunes(province);
  const change = (more: Partial<AddressParts>) => {
    const next = { ...parts, ...more };
    setParts(next);
    sent.current = joinAddress(next);
    props.onChange(sent.current);
  };
  const shared = { invalid: props.invalid, describedBy: props.describedBy, onFocus: props.onFocus };
  const toCommune = () => commune.current?.querySelector("input")?.focus();
  const toLine = () => line.current?.focus();
  return (
    <fieldset className="address" aria-label={props.label}>
      <PlaceInput
        {...shared}
        id={props.id}
        label={text("address.province")}
        places={PLACES}
        value={parts.province}
        autoFocus={props.autoFocus}
        onType={(typed) => change({ province: typed, ...(typed === parts.province ? {} : { commune: "" }) })}
        onChoose={({ name }) => {
          change({ province: name, ...(name === parts.province ? {} : { commune: "" }) });
          toCommune();
        }}
        onEnter={toCommune}
      />
      <div ref={commune}>
        <PlaceInput
          {...shared}
          id={`${props.id}-commune`}
          label={text("address.commune")}
          places={communes}
          value={parts.commune}
          autoFocus={false}
          onType={(typed) => change({ commune: typed })}
          onChoose={({ name }) => {
            change({ commune: name });
            toLine();
          }}
          onEnter={toLine}
        />
      </div>
      <div className="place">
        <label htmlFor={`${props.id}-line`}>{text("address.line")}</label>
        <span className="box">
          <input
            ref={line}
            id={`${props.id}-line`}
            value={parts.line}
            inputMode="none"
            autoComplete="off"
            spellCheck={false}
            maxLength={120}
            aria-invalid={props.invalid}
            aria-describedby={props.describedBy}
            onChange={(event) => change({ line: event.target.value })}
            onFocus={(event) => {
              props.onFocus();
              event.target.closest(".place")?.scrollIntoView({ block: "nearest" });
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter") props.onEnter();
              else if (!composeHardware(event, view.wishes.typing)) return;
              event.preventDefault();
            }}
          />
          <PencilIcon />
        </span>
      </div>
    </fieldset>
  );
};
