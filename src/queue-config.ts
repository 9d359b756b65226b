// Which services does a place offer numbers for, and who comes first there?
//
// Data with defaults; nothing is proven at the kiosk, the officer looks. The groups are those that Vietnamese rules on
// waiting in line name together (as Law 15/2023/QH15, article 3, does for hospitals); an office sets its own.
import { z } from "zod";

export const PLACE = /^[A-Za-z0-9-]{0,32}$/;
export const PREFIX = /^[A-Z]{0,2}$/;

const id = z.string().regex(/^[A-Za-z0-9-]{1,32}$/);
const words = z.string().min(1).max(60);

const unlike = (values: readonly string[]): boolean => new Set(values).size === values.length;

export const queueServices = z
  .array(
    z.strictObject({
      id,
      letter: z.string().regex(/^[A-Z]$/),
      vi: words,
      en: words,
      minutes: z.number().min(1).max(240).default(10),
    }),
  )
  .min(1)
  .max(9)
  .refine(
    (services) => unlike(services.map((each) => each.id)) && unlike(services.map((each) => each.letter)),
  );

export const queueGroups = z
  .array(z.strictObject({ id, vi: words, en: words }))
  .max(8)
  .refine((groups) => unlike(groups.map((each) => each.id)));

export type QueueServiceSetting = z.output<typeof queueServices>[number];
export type QueueGroupSetting = z.output<typeof queueGroups>[number];

export const SERVICES_RIGHT =
  '1 to 9 of { id = "land", letter = "B", vi = "…", en = "…", minutes = 10 }, ids and letters all different';
export const GROUPS_RIGHT =
  'up to 8 of { id = "elderly", vi = "…", en = "…" }, ids all different; empty: nobody is asked';

/** One line for all: no question is asked about it. */
export const DEFAULT_SERVICES: readonly QueueServiceSetting[] = [
  { id: "general", letter: "A", vi: "Tất cả việc tại quầy", en: "Everything at the desk", minutes: 10 },
];

export const DEFAULT_GROUPS: readonly QueueGroupSetting[] = [
  { id: "elderly", vi: "Người từ 75 tuổi", en: "Aged 75 or over" },
  { id: "disabled", vi: "Người khuyết tật", en: "Living with a disability" },
  { id: "pregnant", vi: "Phụ nữ mang thai", en: "Pregnant" },
  { id: "child", vi: "Có trẻ dưới 6 tuổi đi cùng", en: "With a child under 6" },
  { id: "merit", vi: "Người có công", en: "Honoured for merit" },
];
