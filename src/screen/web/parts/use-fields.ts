// What stands in the fields of a screen while somebody types, and which keys does that take?
import { useState } from "react";
import type { FieldView } from "../../../flows/view.js";
import type { FieldKind } from "../../../procedures/procedure.js";

export interface Fields {
  shownIn(field: FieldView): string;
  change(field: FieldView, value: string): void;
  /** The field whose keys are on the screen. */
  readonly active: FieldView | null;
  activate(key: string | null): void;
  /** The field that wants filling in first; null when all are in order. */
  readonly wanting: string | null;
  /** Moves to the field after `key`; false at the last. */
  focusAfter(key: string): boolean;
}

const needsKeys = (kind: FieldKind): boolean => kind !== "choice" && kind !== "signature";

/** A choice has no input of its own id: its first answer stands for it. */
export const focusField = (key: string): void => {
  (document.getElementById(`field-${key}`) ?? document.getElementsByName(key)[0])?.focus();
};

/** `commit` sends a value on; the runtime's echo never overwrites what is being typed. */
export const useFields = (
  fields: readonly FieldView[],
  commit: (key: string, value: string) => void,
): Fields => {
  const [drafts, setDrafts] = useState<Readonly<Record<string, string>>>({});
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const shownIn = (field: FieldView) => drafts[field.key] ?? field.value;
  const wants = (field: FieldView) => field.error !== null || (field.required && field.value === "");
  const [wanting] = useState(() => fields.find(wants)?.key ?? null);
  const found = fields.find((field) => field.key === activeKey);
  return {
    shownIn,
    change: (field, value) => {
      setDrafts((old) => ({ ...old, [field.key]: value }));
      commit(field.key, value);
    },
    active: found !== undefined && needsKeys(found.kind) ? found : null,
    activate: setActiveKey,
    wanting,
    focusAfter: (key) => {
      const next = fields[fields.findIndex((field) => field.key === key) + 1];
      if (next === undefined) return false;
      focusField(next.key);
      return true;
    },
  };
};
