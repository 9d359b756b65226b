// How does one type digits with one finger?
import { useVisit } from "../visit.js";
import { applyEdit, clear, erase, focusedEditable } from "./edit.js";
import { CheckIcon, EraseIcon } from "./icons.js";
import { Key } from "./key.js";

export interface DigitPadProps {
  /** Where the digits go; without it, into the focused input. */
  readonly onDigit?: (digit: string) => void;
  readonly onErase?: () => void;
  readonly onDone?: (() => void) | undefined;
}

export const DigitPad = ({ onDigit, onErase, onDone }: DigitPadProps) => {
  const { text } = useVisit();
  const type = (digit: string) => {
    const element = focusedEditable();
    if (onDigit !== undefined) onDigit(digit);
    else if (element !== null) applyEdit(element, (before) => before + digit);
  };
  const back = () => {
    const element = focusedEditable();
    if (onErase !== undefined) onErase();
    else if (element !== null) erase(element);
  };
  const wipe = () => {
    const element = focusedEditable();
    if (element !== null) clear(element);
  };
  const digit = (value: string) => (
    <Key key={value} kind="letter" onPress={() => type(value)}>
      {value}
    </Key>
  );
  return (
    <section className="dock digit-pad" aria-label={text("keyboard.name")}>
      {[..."123456789"].map(digit)}
      <Key kind="tool" name={text("keyboard.erase")} onPress={back}>
        <EraseIcon />
      </Key>
      {digit("0")}
      {onDone !== undefined ? (
        <Key kind="done" onPress={onDone}>
          <CheckIcon /> {text("keyboard.hide")}
        </Key>
      ) : (
        <Key kind="tool" onPress={wipe}>
          {text("keyboard.clear")}
        </Key>
      )}
    </section>
  );
};
