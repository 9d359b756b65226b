// Can this be a Vietnamese syllable?
//
// A grammar and no list: an initial, a rime, a tone, and the spelling rules between them (Quốc ngữ as taught:
// k, gh, ngh before e, ê, i; c, g, ng before the others; stops take the acute and the dot only). Both ways to
// place a tone on oa, oe, uy are written by offices ("hòa", "hoà").
import { tonesOf, withoutTone } from "./letters.js";

/** Longest first, so that "ngh" is not taken for "n". */
const INITIALS = [
  "ngh",
  ..."ch gh gi kh ng nh ph qu th tr".split(" "),
  ..."b c d đ g h k l m n p r s t v x".split(" "),
  "",
] as const;

const RIMES: ReadonlySet<string> = new Set(
  [
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây",
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu",
    "i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu y yêm yên yêng yêt yêu",
    "o oc oi om on ong op ot ooc oong oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt",
    "oe oen oeo oet ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt",
    "u ua uc ui um un ung up ut uân uâng uât uây uê uêch uên uênh uơ uy uya uych uyên uyêt uynh uyp uyt uyu",
    "uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu",
  ].flatMap((row) => row.split(" ")),
);

/** After "qu" the glide is spoken already; "y" takes the place of "i" there. */
const AFTER_QU: ReadonlySet<string> = new Set(
  [
    "a ac ach ai an ang anh ao at au ay ăc ăm ăn ăng ăp ăt ân âng ât ây e en eo et ê ên ênh êt êch",
    "ơ ơi i it y ych yên yêt ynh yt ôc",
  ].flatMap((row) => row.split(" ")),
);
/** The i of "gi" is the vowel's own in "gì", "gìn", "giết", "giếng". */
const AFTER_GI: ReadonlySet<string> = new Set(["", "n", "m", "êt", "êc", "êng"]);
/** Alone, and after these, "y" is written for "i" when nothing follows: "ý", "kỹ", "Lý", "Mỹ", "sỹ", "Tý". */
const BEFORE_Y = /^(|h|k|l|m|s|t|v)$/;
const FRONT = /^[eêiy]/;

const fits = (initial: string, rime: string): boolean => {
  if (initial === "qu") return AFTER_QU.has(rime);
  if (initial === "gi")
    return AFTER_GI.has(rime) || (RIMES.has(rime) && !/^[iy]/.test(rime) && rime !== "uy");
  if (!RIMES.has(rime)) return false;
  if (rime === "y") return BEFORE_Y.test(initial);
  if (rime.startsWith("y")) return initial === "";
  if (initial === "k" || initial === "gh" || initial === "ngh") return FRONT.test(rime);
  if (initial === "c" || initial === "g" || initial === "ng") return !FRONT.test(rime);
  return true;
};

const STOP = /(c|ch|p|t)$/;
const ACUTE_OR_DOT = /[\u0301\u0323]/;
const MARKED = /[ăâêôơư]/;
/** Open glides: the tone on either letter. */
const EITHER = /^(oa|oe|uy)$/;

/** Index in the rime of the letter that carries the tone; several where both ways are written. */
const tonePlaces = (rime: string): readonly number[] => {
  const letters = [...rime];
  const vowels = letters.filter((letter) => /[aăâeêioôơuưy]/.test(letter)).length;
  // The last marked one: ươ carries it on ơ.
  const marked = letters.findLastIndex((letter) => MARKED.test(letter));
  if (rime === "ưa" || rime === "ưu") return [0];
  if (marked >= 0 && !(rime.startsWith("ư") && vowels > 1 && marked === 0)) return [marked];
  if (vowels <= 1) return [0];
  if (EITHER.test(rime)) return [0, 1];
  if (vowels === 3 || vowels < letters.length) return [1];
  return [0];
};

const splits = (toneless: string): readonly (readonly [initial: string, rime: string])[] =>
  INITIALS.filter((initial) => toneless.startsWith(initial)).map((initial) => [
    initial,
    toneless.slice(initial.length),
  ]);

const LETTERS = /^\p{L}{1,7}$/u;

/** Any case, NFC or NFD; one syllable without blanks. */
export const isSyllable = (text: string): boolean => {
  const word = text.normalize("NFC").toLowerCase();
  if (!LETTERS.test(word)) return false;
  const toneless = withoutTone(word);
  const tones = tonesOf(word);
  if (tones.length > 1) return false;
  const [tone] = tones;
  return splits(toneless).some(([initial, rime]) => {
    if (!fits(initial, rime)) return false;
    if (STOP.test(rime)) {
      if (tone === undefined || !ACUTE_OR_DOT.test(tone)) return false;
    }
    if (tone === undefined) return true;
    const at = [...word].findIndex((letter) => tonesOf(letter).length > 0);
    // Before the rime only "gì" and its like carry a tone.
    if (initial === "gi" && AFTER_GI.has(rime) && !rime.startsWith("ê")) return at === 1;
    return tonePlaces(rime).some((place) => initial.length + place === at);
  });
};
