// What does the procedure still need to know?
import { FieldList, KeysFor } from "../parts/field-list.js";
import { Frame } from "../parts/frame.js";
import { ReadMine } from "../parts/read-mine.js";
import { useFields } from "../parts/use-fields.js";
import { useVisit } from "../visit.js";
import type { ScreenProps } from "./screen-of.js";

export const Form = ({ screen }: ScreenProps<"form">) => {
  const { view, send, setField, text, pick } = useVisit();
  const edit = useFields(screen.fields, (key, value) => setField({ type: "SET_FIELD", key, value }));
  const next = () => send({ type: "NEXT" });
  const keys = edit.active === null ? null : <KeysFor edit={edit} />;
  return (
    <Frame
      title={pick(screen.title)}
      lead={screen.pages > 1 ? text("form.pageOf", { page: screen.page, pages: screen.pages }) : undefined}
      ownFocus={edit.wanting !== null}
      aside={view.speech === undefined ? undefined : <ReadMine />}
      next={{ label: text("common.next"), onPress: next }}
      dock={keys}
    >
      <FieldList fields={screen.fields} edit={edit} onEnd={next} />
    </Frame>
  );
};
