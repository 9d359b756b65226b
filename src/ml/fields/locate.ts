// Which words are the value that belongs to a label?
import { type LabelAt, sectionOf } from "./labels.js";
import { belowPlace, rightOfPlace, type Segment, type Token } from "./layout.js";
import type { FieldRule } from "./rule.js";

export interface Located {
  readonly tokens: readonly Token[];
  /** All segments that the tokens come from. */
  readonly segments: readonly Segment[];
}

export interface Page {
  readonly segments: readonly Segment[];
  readonly labels: readonly LabelAt[];
}

/** A value under its label is not further away than this many letter heights. */
const BELOW_REACH = 3.5;
/** Who fills in a form begins to write within this many letter heights of the label. */
const HAND_REACH = 8;
/** The next line of a paragraph begins within this many letter heights below the last. */
const LINE_REACH = 2.2;
/** "12.", "a)", "- ": the beginning of something new. */
const NUMBERING = /^(?:\d{1,2}|[a-zđ]|[IVX]{1,4})[.)]$/u;
/** A line that is not filled up to here is the last of its paragraph. */
const FILLED = 0.62;
/** Left edges of one paragraph differ by less than this many letter heights; a first line may be indented. */
const ALIGNED = 1.5;
/** "Bình Phú, ngày 05": place and date of the signature, never part of a value. */
const PLACE_AND_DATE = /^\p{Lu}[^,]{1,40}, ng\S{1,9} \d/u;

const has = ({ text }: Token): boolean => /[\p{L}\p{N}]/u.test(text);

/** A seal's ring is read as brackets. */
const isWriting = ({ tokens, script }: Segment): boolean => script === "hand" || tokens.some(has);

const labelsIn = ({ labels }: Page, segment: Segment): readonly LabelAt[] =>
  labels.filter((at) => at.segment === segment);

/** From a token to the next label of the segment. */
export const upToNextLabel = (page: Page, segment: Segment, from: number): readonly Token[] => {
  const next = labelsIn(page, segment).find((at) => at.from >= from);
  const tokens = segment.tokens.slice(from, next?.from);
  const isNumbered = next !== undefined && NUMBERING.test(tokens.at(-1)?.text ?? "");
  return isNumbered ? tokens.slice(0, -1) : tokens;
};

/** A label, perhaps after a number, is the first thing in it. */
const beginsWithLabel = (page: Page, segment: Segment): boolean => {
  const [first] = labelsIn(page, segment);
  if (first === undefined) return false;
  return segment.tokens
    .slice(0, first.from)
    .every(({ text }) => NUMBERING.test(text) || !/\p{L}/u.test(text));
};

const beside = (page: Page, at: LabelAt): Located | null => {
  const place = { ...at.segment.box, x: at.segment.box.x + at.segment.box.w, w: 0 };
  const [next] = rightOfPlace(page.segments, place).filter(
    (segment) => segment !== at.segment && isWriting(segment),
  );
  if (next === undefined || beginsWithLabel(page, next)) return null;
  const tokens = upToNextLabel(page, next, 0);
  return { tokens, segments: [next] };
};

const under = (page: Page, at: LabelAt): Located | null => {
  const first = at.segment.tokens[at.from];
  const last = at.segment.tokens[at.to - 1];
  if (first === undefined || last === undefined) return null;
  const x = first.box.x - at.segment.height;
  const place = { ...at.segment.box, x, w: last.box.x + last.box.w - x };
  const [next] = belowPlace(page.segments, place, BELOW_REACH * at.segment.height).filter(isWriting);
  if (next === undefined || beginsWithLabel(page, next)) return null;
  return { tokens: upToNextLabel(page, next, 0), segments: [next] };
};

/** Right edge of the column of a line that begins at `left`: as far as lines there go, but not into the next column. */
const columnRight = (page: Page, above: Segment, left: number): number => {
  const tolerance = ALIGNED * above.height;
  const edges = page.segments
    .filter(({ box }) => Math.abs(box.x - left) < tolerance)
    .map(({ box }) => box.x + box.w);
  const [neighbour] = rightOfPlace(page.segments, above.box);
  return Math.min(Math.max(...edges), neighbour?.box.x ?? Number.POSITIVE_INFINITY);
};

interface Paragraph {
  readonly left: number;
  readonly centred: boolean;
  /** The value is not whole yet: the line need not be full. */
  readonly wanting: boolean;
}

const middleOf = ({ box }: Segment): number => box.x + box.w / 2;

const isAligned = (above: Segment, next: Segment, { left, centred }: Paragraph): boolean => {
  const tolerance = ALIGNED * above.height;
  return centred
    ? Math.abs(middleOf(next) - middleOf(above)) < tolerance
    : Math.abs(next.box.x - left) < tolerance || Math.abs(next.box.x - above.box.x) < tolerance;
};

/** The line that continues a paragraph, if one does. */
const nextLine = (page: Page, above: Segment, paragraph: Paragraph): Segment | null => {
  const { left, centred } = paragraph;
  const reach = LINE_REACH * above.height;
  const strip = { ...above.box, x: Math.min(left, above.box.x), w: Math.max(above.box.w, 1) };
  const next = belowPlace(page.segments, strip, reach).find((segment) =>
    isAligned(above, segment, paragraph),
  );
  if (next === undefined || beginsWithLabel(page, next) || next.script === "hand") return null;
  if (next.tokens[0] !== undefined && NUMBERING.test(next.tokens[0].text)) return null;
  if (PLACE_AND_DATE.test(next.tokens.map(({ text }) => text).join(" "))) return null;
  const filled = (above.box.x + above.box.w - left) / Math.max(1, columnRight(page, above, left) - left);
  return centred || paragraph.wanting || filled >= FILLED ? next : null;
};

const isWhole = (rule: FieldRule, tokens: readonly Token[]): boolean =>
  rule.validate(tokens.map(({ text }) => text).join(" ")) !== null;

const continued = (page: Page, at: LabelAt, found: Located, rule: FieldRule): Located => {
  const tokens = [...found.tokens];
  const segments = [...found.segments];
  const left = at.segment.box.x;
  const centred = rule.centred === true;
  for (let more = 0; more < (rule.moreLines ?? 0); more += 1) {
    const above = segments.at(-1);
    // A label on the line ended the value; so does a label on the next.
    if (above === undefined || above.tokens.at(-1) !== tokens.at(-1)) break;
    const next = nextLine(page, above, {
      left: Math.min(left, above.box.x),
      centred,
      wanting: !isWhole(rule, tokens),
    });
    if (next === null || segments.includes(next)) break;
    tokens.push(...upToNextLabel(page, next, 0));
    segments.push(next);
  }
  return { tokens, segments };
};

/** Writing without letters far right of a label is a signature, if what the label wants is printed under it. */
const isElsewhere = (at: LabelAt, { segments: [next], tokens }: Located): boolean =>
  next?.script === "hand" &&
  !tokens.some(has) &&
  next.box.x - (at.segment.box.x + at.segment.box.w) > HAND_REACH * at.segment.height;

const besideOrUnder = (page: Page, at: LabelAt, rule: FieldRule): Located | null => {
  const right = beside(page, at);
  if (right !== null && !isElsewhere(at, right)) return right;
  const below = under(page, at);
  return right === null || (below !== null && isWhole(rule, below.tokens)) ? below : right;
};

/** Where the value of a label is; null when nothing is there. */
export const locate = (page: Page, at: LabelAt, rule: FieldRule): Located | null => {
  const after = upToNextLabel(page, at.segment, at.to);
  const inline = after.some(has) ? { tokens: after, segments: [at.segment] } : null;
  const ended = labelsIn(page, at.segment).some(({ from }) => from >= at.to);
  const found =
    rule.below === true ? under(page, at) : (inline ?? (ended ? null : besideOrUnder(page, at, rule)));
  if (found === null) return null;
  return continued(page, at, found, rule);
};

/** Labels that a field may be read after, the likeliest first. */
export const labelsFor = (
  { labels }: Page,
  rule: FieldRule,
  firstSection: string | undefined,
): readonly LabelAt[] => {
  const mine = labels.filter(({ label }) => label.fields.includes(rule));
  const started = labels.some(({ label }) => label.section === rule.section);
  return mine
    .filter((at) => {
      if (rule.section === undefined) return true;
      const owner = sectionOf(at, labels);
      // The first section's heading may be unreadable; what stands above all others is still it.
      return owner === rule.section || (owner === null && !started && rule.section === firstSection);
    })
    .sort((a, b) => a.distance - b.distance || a.segment.box.y - b.segment.box.y);
};
