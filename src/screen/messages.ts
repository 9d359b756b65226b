// Is this text from the page one of the messages that the protocol knows?
import { z } from "zod";
import { EAR_KEYS, type FromPage } from "../flows/protocol.js";

/** The longest value a citizen can type; a form field's own limit is the schema's affair. */
export const LONGEST_TEXT = 2_000;

/** Room for the longest text with every character escaped (\uXXXX), and the envelope. */
export const LARGEST_MESSAGE_BYTES = LONGEST_TEXT * 6 + 1_000;

const text = z.string().max(LONGEST_TEXT);
const key = z.string().min(1).max(200);

const bare = <const T extends string>(type: T) => z.strictObject({ type: z.literal(type) });

const wishes = z.strictObject({
  size: z.enum(["normal", "large", "largest"]),
  contrast: z.enum(["standard", "dark", "strong"]),
  low: z.boolean(),
  typing: z.enum(["telex", "vni"]),
  pace: z.enum(["slow", "normal", "quick"]),
  volume: z.enum(["soft", "normal", "loud"]),
  audio: z.boolean(),
  blank: z.boolean(),
});

const citizenEvent = z.discriminatedUnion("type", [
  bare("WAKE"),
  z.strictObject({ type: z.literal("CHOOSE_LANGUAGE"), language: z.enum(["vi", "en"]) }),
  z.strictObject({ type: z.literal("CHOOSE_PROCEDURE"), code: key }),
  bare("TAKE_NUMBER"),
  z.strictObject({ type: z.literal("CHOOSE_SERVICE"), service: key }),
  z.strictObject({ type: z.literal("CHOOSE_GROUP"), group: key.nullable() }),
  bare("LOOK_UP"),
  bare("TYPE_INSTEAD"),
  bare("SHOW_BACK"),
  z.strictObject({ type: z.literal("SUBMIT_TYPED"), number: text, birthDate: text, expiryDate: text }),
  z.strictObject({ type: z.literal("SUBMIT_LOOKUP"), code: text }),
  bare("SKIP_CHIP"),
  z.strictObject({ type: z.literal("SET_FIELD"), key, value: text }),
  bare("NEXT"),
  bare("BACK"),
  bare("CAPTURE"),
  bare("RETAKE"),
  bare("FEED"),
  bare("USE_TRAY"),
  bare("SKIP_PAPER"),
  bare("USE_STORED"),
  bare("ARRANGE"),
  z.strictObject({
    type: z.literal("MOVE_PAGE"),
    page: z.int().nonnegative(),
    by: z.union([z.literal(1), z.literal(-1)]),
  }),
  z.strictObject({ type: z.literal("REMOVE_PAGE"), page: z.int().nonnegative() }),
  z.strictObject({ type: z.literal("MEND"), hint: z.int().nonnegative() }),
  z.strictObject({ type: z.literal("SET_PAPER_FIELD"), key, value: text }),
  z.strictObject({ type: z.literal("TYPE_CODE"), code: text }),
  bare("NO_CODE"),
  z.strictObject({ type: z.literal("SLIP_CAME_OUT"), yes: z.boolean() }),
  bare("SLIP_TAKEN"),
  z.strictObject({
    type: z.literal("RATE"),
    stars: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)]),
  }),
  bare("RATE_RESULT"),
  bare("HELP"),
  bare("CLOSE_HELP"),
  bare("CALL_OFFICER"),
  bare("RETRY"),
  bare("CANCEL"),
  bare("STILL_HERE"),
  z.strictObject({ type: z.literal("SPEAK"), on: z.boolean() }),
  z.strictObject({ type: z.literal("REPLAY"), mine: z.boolean() }),
  bare("PRACTISE"),
  z.strictObject({ type: z.literal("SET_WISHES"), wishes }),
]);

const fromPage = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("event"), event: citizenEvent }),
  z.strictObject({ type: z.literal("pong"), at: z.number(), blank: z.literal(true).exactOptional() }),
  z.strictObject({ type: z.literal("key"), key: z.enum(EAR_KEYS) }),
  bare("touch"),
]);

/** Compiles only while the schema and the protocol name exactly the same messages. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
export const SCHEMA_IS_THE_PROTOCOL: Same<z.infer<typeof fromPage>, FromPage> = true;

/** The message, or null when it is not one. What was wrong is not told: it may hold personal data. */
export const parseFromPage = (data: string): FromPage | null => {
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return null;
  }
  const parsed = fromPage.safeParse(json);
  return parsed.success ? parsed.data : null;
};
