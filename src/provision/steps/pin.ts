// Who may act at this kiosk?
import { checkNewPin, Refusal } from "../../ops/pin.js";
import type { Desk, Step } from "../desk.js";

const weak = (desk: Desk, pin: string): string | null => {
  try {
    checkNewPin(pin);
    return null;
  } catch (thrown) {
    if (thrown instanceof Refusal) return desk.words.refusal(thrown.code);
    throw thrown;
  }
};

export const pin: Step = {
  run: async (desk) => {
    const { talk, words, house } = desk;
    const holder = await house.holder();
    if (holder !== null) {
      const next = await talk.choose({
        ...{ key: "pin.present", label: words.text("pinThere", holder) },
        options: [
          { value: "keep", label: words.text("keepPin") },
          { value: "new", label: words.text("newPin") },
        ],
        ...{ initial: "keep", otherwise: "keep" },
      });
      if (next === "keep") return { state: "done", said: words.text("pinOf", holder) };
    }
    const name = await talk.ask({
      ...{
        key: "pin.name",
        label: words.text("initials"),
        help: words.lines("pinHelp"),
        initial: "",
        longest: 6,
      },
      wrong: (text) => (/^\p{L}{1,6}$/u.test(text) ? null : words.refusal("badName")),
    });
    const secret = (key: string, label: string, wrong: (text: string) => string | null): Promise<string> =>
      talk.ask({ key, label, initial: "", secret: true, longest: 12, wrong });
    const old = holder === null ? null : await secret("pin.old", words.text("presentPin"), () => null);
    const fresh = await secret("pin.new", words.text("freshPin"), (text) => weak(desk, text));
    if (talk.isPatient)
      await secret("pin.again", words.text("againPin"), (text) =>
        text === fresh ? null : words.text("pinsDiffer"),
      );
    await talk.during(words.text("keepingPin"), () => house.setPin(name, fresh, old));
    return { state: "done", said: words.text("pinOf", name) };
  },
};
