// Can this be a word of Vietnamese, by how its syllables are built?
//
// Onset, rhyme and tone: the language has some 22 onsets and 160 rhymes, and a syllable that ends in c, ch, p or t
// bears one of two tones. A slip of the reading often breaks these rules.

const ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split(" ");

const RHYMES = new Set(
  [
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây",
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu",
    "i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu",
    "o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong",
    "ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt",
    "u ua uân uâng uât uây uc uê uêch uên uênh ui um un ung uơ up ut uy uya uych uyên uyêt uynh uyt uyu",
    "uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưng ưt ươc ươi ươm ươn ương ươp ươt ươu ưu",
    "y ych yêm yên yêng yêt yêu ynh yt",
  ].flatMap((row) => row.split(" ")),
);

const TONES = /[\u0300\u0301\u0303\u0309\u0323]/gu;
/** Acute and dot below. */
const CHECKED_TONES = /[\u0301\u0323]/u;
const MOST_LETTERS = 7;

export const isSyllable = (word: string): boolean => {
  const apart = word.toLocaleLowerCase("vi").normalize("NFD");
  const tones = apart.match(TONES) ?? [];
  const plain = apart.replaceAll(TONES, "").normalize("NFC");
  if (tones.length > 1 || plain.length > MOST_LETTERS) return false;
  const checked = /(?:ch|[cpt])$/u.test(plain);
  if (checked && !CHECKED_TONES.test(tones[0] ?? "")) return false;
  return ["", ...ONSETS].some((onset) => plain.startsWith(onset) && RHYMES.has(plain.slice(onset.length)));
};

/** "ách" at the end of which a mark was lost is no syllable either: "tich" alone is not. */
export const areSyllables = (text: string): boolean =>
  text
    .split(/[^\p{L}\p{M}]+/u)
    .filter((word) => word !== "")
    .every(isSyllable);
