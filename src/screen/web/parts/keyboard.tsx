// How does one type Vietnamese on the screen, with or without knowing Telex?
//
// Letters with marks and the five tones have keys of their own; who knows Telex types it on the letters.
import { useState } from "react";
import type { Tone } from "../../telex.js";
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
  readonly kind: "letter" | "viet";
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
  const { text } = useVisit();
  const plain = of !== "words";
  const codes = of === "codes";
  const [shift, setShift] = useState(codes);
  const [signs, setSigns] = useState(codes);
  const rows = signs ? SIGNS : LETTERS;
  const onLetter = (letter: string) => {
    edit(typeLetter(letter, !plain && !signs));
    if (!codes) setShift(false);
  };
  const row = (index: 0 | 1 | 2) => (
    <>
      <Letters letters={rows[index]} kind="letter" upper={shift} onLetter={onLetter} />
      {!signs && !plain && <Letters letters={VIET[index]} kind="viet" upper={shift} onLetter={onLetter} />}
      {!signs && of === "email" && (
        <Letters letters={ADDRESS[index]} kind="viet" upper={false} onLetter={onLetter} />
      )}
    </>
  );
  const onErase = () => {
    const element = focusedEditable();
    if (element !== null) erase(element);
  };
  return (
    <section className="dock keyboard" aria-label={text("keyboard.name")}>
      <div className="keys">
        {row(0)}
        <Key kind="tool" name={text("keyboard.erase")} onPress={onErase}>
          <EraseIcon />
        </Key>
      </div>
      <div className="keys">{row(1)}</div>
      <div className="keys">
        <Key kind="tool" name={text("keyboard.shift")} pressed={shift} onPress={() => setShift(!shift)}>
          <ShiftIcon />
        </Key>
        {row(2)}
      </div>
      <div className="keys">
        <Key kind="tool" onPress={() => setSigns(!signs)}>
          {text(signs ? "keyboard.letters" : "keyboard.digits")}
        </Key>
        {!plain &&
          TONES.map(([tone, sign, name]) => (
            <Key key={tone} kind="tone" name={text(name)} onPress={() => edit(typeTone(tone))}>
              {sign}
            </Key>
          ))}
        <Key kind="wide" onPress={() => edit((before) => `${before} `)}>
          {text("keyboard.space")}
        </Key>
        <Key kind="done" onPress={onDone}>
          {text("keyboard.hide")}
        </Key>
      </div>
    </section>
  );
};
