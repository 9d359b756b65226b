// How does a number stand on the screen that those behind need not read?
import { useVisit } from "../visit.js";
import { BigButton } from "./button.js";
import { EyeIcon } from "./icons.js";

/** Enough to know one's own number by. */
const LAST = 3;

/** "•••••••••123"; a short one shows nothing. */
export const coveredNumber = (value: string): string =>
  value.length <= 2 * LAST ? "•".repeat(value.length) : "•".repeat(value.length - LAST) + value.slice(-LAST);

export interface CoveredProps {
  readonly value: string;
  readonly label: string;
  readonly onShow: () => void;
}

export const Covered = ({ value, label, onShow }: CoveredProps) => {
  const { text } = useVisit();
  return (
    <span className="covered">
      <span
        className="covered-number"
        role="img"
        aria-label={text("covered.ends", { digits: [...value.slice(-LAST)].join(" ") })}
      >
        {coveredNumber(value)}
      </span>
      <BigButton
        look="secondary"
        icon={<EyeIcon />}
        label={text("covered.show")}
        name={`${text("covered.show")}: ${label}`}
        onPress={onShow}
      />
    </span>
  );
};
