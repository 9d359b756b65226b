// How do the fields of a screen stand together, and where does Enter lead?
import { type ReactNode, useEffect } from "react";
import type { FieldView } from "../../../flows/view.js";
import { DigitPad } from "./digit-pad.js";
import { FieldInput } from "./field-input.js";
import { Keyboard } from "./keyboard.js";
import { type Fields, focusField } from "./use-fields.js";

export interface FieldListProps {
  readonly fields: readonly FieldView[];
  readonly edit: Fields;
  /** What stands over a field's input, e.g. the place it was read from. */
  readonly above?: (field: FieldView) => ReactNode;
  /** Enter in the last field. */
  readonly onEnd: () => void;
}

export const FieldList = ({ fields, edit, above, onEnd }: FieldListProps) => {
  const activeKey = edit.active?.key ?? null;
  // The keys take room from below: the field stays in sight.
  useEffect(() => {
    if (activeKey === null) return;
    const input = document.getElementById(`field-${activeKey}`);
    input?.closest(".field")?.scrollIntoView({ block: "nearest" });
    // A field in large letters is higher than the room over the keys: then what is typed is what is seen.
    input?.scrollIntoView({ block: "nearest" });
  }, [activeKey]);
  // What the runtime refused is where one goes on.
  const wrong = fields
    .filter((field) => field.error !== null)
    .map((field) => field.key)
    .join(" ");
  useEffect(() => {
    const [first] = wrong.split(" ");
    if (first !== undefined && first !== "") focusField(first);
  }, [wrong]);
  return (
    <div className="fields">
      {fields.map((field) => (
        <FieldInput
          key={field.key}
          field={field}
          above={above?.(field)}
          value={edit.shownIn(field)}
          autoFocus={field.key === edit.wanting}
          onChange={(value) => edit.change(field, value)}
          onFocus={() => edit.activate(field.key)}
          onEnter={() => {
            if (!edit.focusAfter(field.key)) onEnd();
          }}
        />
      ))}
    </div>
  );
};

/** The keys for the field that is being filled in. */
export const KeysFor = ({ edit }: { readonly edit: Fields }) => {
  const { active } = edit;
  if (active === null) return null;
  const done = () => {
    edit.activate(null);
    (document.activeElement as HTMLElement | null)?.blur();
  };
  if (active.kind === "text" || active.kind === "multiline" || active.kind === "address")
    return <Keyboard key="letters" onDone={done} />;
  if (active.kind === "email") return <Keyboard key="address" of="email" onDone={done} />;
  return <DigitPad key="digits" onDone={done} />;
};
