// How does a person without a touch screen move about?
//
// Tab and Enter work by themselves. Arrows move from button to button, a digit presses the button that
// shows it, Escape goes back or closes what lies on top.

const FOCUSABLE = "button:not([disabled]), input, textarea, [tabindex='0']";

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;

/** What is not covered by something on top. */
const reachable = (selector: string): HTMLElement[] =>
  [...document.querySelectorAll<HTMLElement>(selector)].filter(
    (element) =>
      element.closest("[inert]") === null && element.tabIndex >= 0 && element.offsetParent !== null,
  );

const moveFocus = (step: 1 | -1): void => {
  const all = reachable(FOCUSABLE);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? (step === 1 ? 0 : all.length - 1) : (at + step + all.length) % all.length;
  all[next]?.focus();
};

const pressMarked = (selector: string): boolean => {
  const [button] = reachable(selector);
  button?.click();
  return button !== undefined;
};

const onKeyDown = (event: KeyboardEvent): void => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") {
    if (pressMarked("[data-key='escape']")) event.preventDefault();
    return;
  }
  if (isTyping(event.target)) return;
  if (event.key === "ArrowDown" || event.key === "ArrowRight") moveFocus(1);
  else if (event.key === "ArrowUp" || event.key === "ArrowLeft") moveFocus(-1);
  else if (!/^[0-9]$/.test(event.key) || !pressMarked(`[data-key='${event.key}']`)) return;
  event.preventDefault();
};

/** Returns what takes the keys away again. */
export const installKeys = (): (() => void) => {
  document.addEventListener("keydown", onKeyDown);
  return () => document.removeEventListener("keydown", onKeyDown);
};
