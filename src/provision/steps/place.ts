// Which kiosk is this, and where does it stand?
import { bare, PLACES, shortName } from "../../core/places.js";
import { CommuneList } from "../../procedures/communes.js";
import type { Desk, Step } from "../desk.js";

interface Found {
  readonly code: string;
  readonly name: string;
  readonly province: string;
}

const communesOf = (stateDir: string): readonly Found[] => {
  const list = new CommuneList(stateDir);
  return PLACES.flatMap((place) =>
    list.of(place.code).map(({ code, name }) => ({ code, name, province: shortName(place) })),
  );
};

/** By code, or by name with or without marks, its province after a comma where the name is not the only one. */
const matching = (communes: readonly Found[], text: string): readonly Found[] => {
  const byCode = communes.filter(({ code }) => code === text.trim());
  if (byCode.length > 0) return byCode;
  const [name = "", province = ""] = text.split(",").map(bare);
  return communes.filter(
    (each) =>
      [bare(each.name), bare(shortName(each))].includes(name) &&
      (province === "" || bare(each.province) === province),
  );
};

const askCommune = async (
  { talk, words }: Desk,
  communes: readonly Found[],
  kept: string,
): Promise<Found | null> => {
  const answer = await talk.ask({
    key: "kiosk.commune",
    label: words.text("commune"),
    help: [words.text("communeHelp", String(communes.length))],
    initial: kept,
    wrong: (text) => {
      const found = matching(communes, text);
      if (text === "" || found.length === 1) return null;
      if (found.length === 0) return words.text("noCommune");
      return words.text(
        "manyCommunes",
        found
          .map(({ name, province }) => `${name}, ${province}`)
          .slice(0, 4)
          .join("; "),
      );
    },
  });
  return answer === "" ? null : (matching(communes, answer)[0] ?? null);
};

const name = (desk: Desk, key: string, suggestion: string) => {
  const { words } = desk;
  return {
    ...{
      key,
      label: words.text(key === "kiosk.placeVi" ? "placeVi" : "placeEn"),
      initial: suggestion,
      longest: 60,
    },
    wrong: (text: string) => (text.length >= 1 && text.length <= 60 ? null : words.text("placeRight")),
  };
};

export const place: Step = {
  run: async (desk) => {
    const { talk, words, places } = desk;
    const id = await talk.ask({
      key: "kiosk.id",
      label: words.text("kioskId"),
      help: [words.text("kioskIdHelp")],
      initial: desk.value("kiosk.id"),
      longest: 12,
      wrong: (text) => (/^[A-Z0-9]{2,12}$/.test(text) ? null : words.text("kioskIdRight")),
    });
    // A certificate is for one id.
    if (id !== desk.value("kiosk.id")) desk.reopen("certificate");
    desk.set("kiosk.id", id);
    const communes = communesOf(places.stateDir);
    let suggested = desk.value("kiosk.placeVi");
    if (communes.length > 0) {
      const commune = await askCommune(desk, communes, desk.kept("commune"));
      desk.keep("commune", commune?.code ?? "");
      if (commune !== null && desk.draft.values["kiosk.placeVi"] === undefined)
        suggested = `${commune.name}, ${commune.province}`;
    }
    const placeVi = await talk.ask({
      ...name(desk, "kiosk.placeVi", suggested),
      help: communes.length === 0 ? [words.text("communesMissing")] : [],
    });
    desk.set("kiosk.placeVi", placeVi);
    const placeEn = await talk.ask(name(desk, "kiosk.placeEn", desk.value("kiosk.placeEn")));
    desk.set("kiosk.placeEn", placeEn);
    const phone = await talk.ask({
      ...{
        key: "kiosk.authorityPhone",
        label: words.text("phone"),
        initial: desk.value("kiosk.authorityPhone"),
      },
      wrong: (text) => (/^[0-9 +.()-]{0,24}$/.test(text) ? null : words.text("phoneRight")),
    });
    desk.set("kiosk.authorityPhone", phone);
    return { state: "done", said: `${id}, ${placeVi}` };
  },
};
