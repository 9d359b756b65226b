// Does what is written on a page contradict itself?
import { parseMrz } from "../../core/mrz.js";
import type { PageCode } from "../reader.js";
import type { Check } from "./check.js";
import { finding, say } from "./finding.js";
import type { PageInput } from "./page-checks.js";

const mrzCheck = (code: PageCode): readonly Check[] => {
  if (code.kind !== "mrz") return [];
  try {
    const { failedChecks } = parseMrz(code.text);
    return failedChecks.length === 0
      ? [
          finding(
            "mrz.digits",
            "pass",
            say("Các số kiểm tra đều đúng.", "Every check digit holds."),
            code.box,
          ),
        ]
      : [
          finding(
            "mrz.digits",
            "fail",
            say(
              "Số kiểm tra của vùng đọc máy không khớp.",
              `Check digits do not hold: ${failedChecks.join(", ")}.`,
            ),
            code.box,
          ),
        ];
  } catch {
    // No zone of any known format: nothing to check.
    return [];
  }
};

export const checkWriting = (input: PageInput): readonly Check[] => input.codes.flatMap(mrzCheck);
