// How is the code of a slip typed that no reader could read?
import { useState } from "react";
import { useVisit } from "../visit.js";
import { Frame } from "./frame.js";
import { PencilIcon } from "./icons.js";
import { Keyboard } from "./keyboard.js";

export interface TypeCodeProps {
  readonly label: string;
  readonly search: string;
  readonly onBack: () => void;
}

export const TypeCode = ({ label, search: searchLabel, onBack }: TypeCodeProps) => {
  const { send, text } = useVisit();
  const [code, setCode] = useState("");
  const search = () => {
    if (code.trim() !== "") send({ type: "SUBMIT_LOOKUP", code: code.trim() });
  };
  return (
    <Frame
      title={text("lookup.typeTitle")}
      ownFocus
      back={{ onPress: onBack }}
      next={{ label: searchLabel, onPress: search, disabled: code.trim() === "" }}
      dock={<Keyboard of="codes" onDone={search} />}
    >
      <label className="field">
        <span className="field-label">{label}</span>
        <span className="box">
          <input
            value={code}
            inputMode="none"
            autoComplete="off"
            spellCheck={false}
            maxLength={200}
            // biome-ignore lint/a11y/noAutofocus: typing is all there is to do here
            autoFocus
            onChange={(event) => setCode(event.target.value.toUpperCase())}
            onKeyDown={(event) => {
              if (event.key === "Enter") search();
            }}
          />
          <PencilIcon />
        </span>
      </label>
    </Frame>
  );
};
