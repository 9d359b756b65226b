// How does somebody sign with a finger, or not at all?
//
// No function of the kiosk needs a steady hand: "sign at the desk" is as good an answer, by one touch or key.
import { type PointerEvent, useRef, useState } from "react";
import {
  type Point,
  parseSignature,
  SIGNATURE_BOX,
  SIGNS_AT_DESK,
  SIGNS_AT_DESK_WORDS,
  type Stroke,
  signatureText,
} from "../../../core/drawn-signature.js";
import { useVisit } from "../visit.js";
import { BigButton } from "./button.js";

export interface SignaturePadProps {
  readonly id: string;
  readonly value: string;
  readonly label: string;
  readonly describedBy: string;
  readonly onChange: (value: string) => void;
  readonly onFocus: () => void;
}

const BOX = `0 0 ${SIGNATURE_BOX.width} ${SIGNATURE_BOX.height}`;

/** As it was drawn; for eyes only, so it has a name and no content. */
export const SignaturePicture = ({ value, label }: { readonly value: string; readonly label: string }) => (
  <svg className="signature-ink" viewBox={BOX} role="img" aria-label={label}>
    <path d={parseSignature(value) === null ? "" : value} />
  </svg>
);

/** In units of the box, whatever size it has on the screen. */
const pointOf = (event: PointerEvent<SVGSVGElement>): Point => {
  const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
  return [
    ((event.clientX - left) / width) * SIGNATURE_BOX.width,
    ((event.clientY - top) / height) * SIGNATURE_BOX.height,
  ];
};

const drawnIn = (value: string): readonly Stroke[] => parseSignature(value) ?? [];

export const SignaturePad = ({ id, value, label, describedBy, onChange, onFocus }: SignaturePadProps) => {
  const { text, language } = useVisit();
  const [stroke, setStroke] = useState<Stroke>([]);
  // Moves come faster than the page draws: the last of them may not be in the state yet when the finger lifts.
  const moved = useRef<Stroke>([]);
  // The palm that rests on the glass is a second pointer: one finger draws.
  const finger = useRef<number | null>(null);
  const atDesk = value === SIGNS_AT_DESK;

  const down = (event: PointerEvent<SVGSVGElement>) => {
    if (finger.current !== null) return;
    finger.current = event.pointerId;
    event.currentTarget.setPointerCapture(event.pointerId);
    onFocus();
    moved.current = [pointOf(event)];
    setStroke(moved.current);
  };
  const move = (event: PointerEvent<SVGSVGElement>) => {
    if (finger.current !== event.pointerId) return;
    moved.current = [...moved.current, pointOf(event)];
    setStroke(moved.current);
  };
  const up = (event: PointerEvent<SVGSVGElement>) => {
    if (finger.current !== event.pointerId) return;
    finger.current = null;
    onChange(signatureText([...drawnIn(value), moved.current]));
    setStroke([]);
  };
  const inked = signatureText([...drawnIn(value), stroke]);
  return (
    <fieldset id={id} className="signature" tabIndex={-1} aria-label={label} aria-describedby={describedBy}>
      <svg
        className="signature-ink signature-pad"
        viewBox={BOX}
        role="img"
        aria-label={
          atDesk ? SIGNS_AT_DESK_WORDS[language] : text(inked === "" ? "form.signHere" : "form.signed")
        }
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={up}
      >
        <line x1="60" y1="310" x2="940" y2="310" />
        {inked === "" && (
          <text x="500" y="215" textAnchor="middle">
            {atDesk ? SIGNS_AT_DESK_WORDS[language] : text("form.signHere")}
          </text>
        )}
        <path d={inked} />
      </svg>
      <div className="signature-acts">
        <BigButton
          look="secondary"
          label={text("form.signAgain")}
          disabled={inked === ""}
          onPress={() => onChange("")}
        />
        <BigButton
          look="secondary"
          label={text("form.signAtDesk")}
          pressed={atDesk}
          onPress={() => onChange(atDesk ? "" : SIGNS_AT_DESK)}
        />
      </div>
    </fieldset>
  );
};
