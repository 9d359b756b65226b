// Is there something below the edge that the citizen has not seen?
import { type RefObject, useCallback, useEffect, useState } from "react";

/** A few dots of rounding are nothing to read. */
const SLACK_PX = 12;

export interface MoreBelow {
  readonly below: boolean;
  readonly overflows: boolean;
  /** Shows the next screenful, with a little of the last one for orientation. */
  scrollOn(): void;
}

export const useMoreBelow = (region: RefObject<HTMLElement | null>): MoreBelow => {
  const [state, setState] = useState({ below: false, overflows: false });
  useEffect(() => {
    const element = region.current;
    if (element === null) return;
    const measure = () => {
      const rest = element.scrollHeight - element.clientHeight - element.scrollTop;
      const overflows = element.scrollHeight > element.clientHeight;
      const below = rest > SLACK_PX;
      setState((old) => (old.below === below && old.overflows === overflows ? old : { below, overflows }));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    element.addEventListener("scroll", measure, { passive: true });
    measure();
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, [region]);
  const scrollOn = useCallback(() => {
    const element = region.current;
    element?.scrollBy({ top: element.clientHeight * 0.8, behavior: "smooth" });
  }, [region]);
  return { ...state, scrollOn };
};
