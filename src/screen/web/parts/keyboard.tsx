// How does one type Vietnamese on the screen, with or without knowing Telex?
//
// Letters with marks and the five tones have keys of their own; who knows Telex types it on the letters. Who
// knows VNI has a row of digits instead: one key changes over, for this visit.
import { useState } from "react";
import type { Tone } from "../../syllable.js";
import type { TextKey } from "../../texts/texts.js";
import { useVisit } from "../visit.js";
import { applyEdit, type Edit, erase, focusedEditable, typeLetter, typeTone } from "./edit.js";
import { EraseIcon, ShiftIcon } from "./icons.js";
import { Key } from "./key.js";

const LETTERS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"] as const;
const VIET = ["", "ăâđ", "êôơư"] as const;
const ADDRESS = ["", "@", "._-"] as const;
const SIGNS = ["1234567890", "-/.,:;()", "'\"+&@?!"] as const;
const TONES: readonly (readonly [Tone, string, TextKey])[] = [
  ["acute", "á", "keyboard.acute"],
  ["grave", "à", "keyboard.grave"],
  ["hook", "ả", "keyboard.hook"],
  ["tilde", "ã", "keyboard.tilde"],
  ["dot", "ạ", "keyboard.dot"],
];

const edit = (change: Edit): void => {
  const element = focusedEditable();
  if (element !== null) applyEdit(element, change);
};

interface RowProps {
  readonly letters: string;
  readonly kind: "letter" | "viet" | "tone";
  readonly upper: boolean;
  readonly onLetter: (letter: string) => void;
}

const Letters = ({ letters, kind, upper, onLetter }: RowProps) =>
  [...letters].map((letter) => {
    const cased = upper ? letter.toUpperCase() : letter;
    return (
      <Key key={letter} kind={kind} onPress={() => onLetter(cased)}>
        {cased}
      </Key>
    );
  });

export interface KeyboardProps {
  /** Codes are typed letter by letter in capitals, addresses in small letters with their signs. */
  readonly of?: "words" | "codes" | "email";
  readonly onDone: () => void;
}

export const Keyboard = ({ of = "words", onDone }: KeyboardProps) => {
  const { view, send, text } = useVisit();
  const plain = of !== "words";
  const codes = of === "codes";
  const { wishes } = view;
  const [shift, setShift] = useState(codes);
  const [signs, setSigns] = useState(codes);
  const vni = !plain && !signs && wishes.typing === "vni";
  const rows = signs ? SIGNS : LETTERS;
  const onLetter = (letter: string) => {
    edit(typeLetter(letter, plain || signs ? null : wishes.typing));
    if (!codes) setShift(false);
  };
  const row = (index: 0 | 1 | 2) => (
    <>
      <Letters letters={rows[index]} kind="letter" upper={shift} onLetter={onLetter} />
      {!signs && !plain && !vni && (
        <Letters letters={VIET[index]} kind="viet" upper={shift} onLetter={onLetter} />
      )}
      {!signs && of === "email" && (
        <Letters letters={ADDRESS[index]} kind="viet" upper={false} onLetter={onLetter} />
      )}
    </>
  );
  const onErase = () => {
    const element = focusedEditable();
    if (element !== null) erase(element);
  };
  const change = (
    <>
      <Key kind="tool" onPress={() => setSigns(!signs)}>
        {text(signs ? "keyboard.letters" : "keyboard.digits")}
      </Key>
      {!plain && !signs && (
        <Key
          kind="tool"
          name={text(vni ? "keyboard.toTelex" : "keyboard.toVni")}
          onPress={() => send({ type: "SET_WISHES", wishes: { ...wishes, typing: vni ? "telex" : "vni" } })}
        >
          {vni ? "Telex" : "VNI"}
        </Key>
      )}
    </>
  );
  const ends = (
    <>
      <Key kind="wide" onPress={() => edit((before) => `${before} `)}>
        {text("keyboard.space")}
      </Key>
      <Key kind="done" onPress={onDone}>
        {text("keyboard.hide")}
      </Key>
    </>
  );
  return (
    <section className="dock keyboard" aria-label={text("keyboard.name")}>
      {vni && (
        <div className="keys">
          <Letters letters={SIGNS[0]} kind="tone" upper={false} onLetter={onLetter} />
        </div>
      )}
      <div className="keys">
        {row(0)}
        <Key kind="tool" name={text("keyboard.erase")} onPress={onErase}>
          <EraseIcon />
        </Key>
      </div>
      <div className="keys">
        {row(1)}
        {vni && change}
      </div>
      <div className="keys">
        <Key kind="tool" name={text("keyboard.shift")} pressed={shift} onPress={() => setShift(!shift)}>
          <ShiftIcon />
        </Key>
        {row(2)}
        {vni && ends}
      </div>
      {!vni && (
        <div className="keys">
          {change}
          {!plain &&
            TONES.map(([tone, sign, name]) => (
              <Key key={tone} kind="tone" name={text(name)} onPress={() => edit(typeTone(tone))}>
                {sign}
              </Key>
            ))}
          {ends}
        </div>
      )}
    </section>
  );
};
