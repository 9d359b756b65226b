// What is wrong with the screen that a page shows now, for hands and eyes?
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { AXE_FILE } from "./stage.js";

/** Text that runs in the page; it answers a list of complaints. */
const audit = (smallestTextPx: number): string => `(() => {
  // A colour on its way to another one is nobody's to read: where it comes to rest counts.
  for (const change of document.getAnimations()) if (change instanceof CSSTransition) change.finish();
  const complaints = [];
  const say = (element, what) => complaints.push(
    element.tagName.toLowerCase() + "." + String(element.className.baseVal ?? element.className) + " “" +
    (element.innerText ?? element.getAttribute("aria-label") ?? "").slice(0, 40) + "”: " + what);
  if (document.documentElement.scrollWidth > innerWidth) say(document.documentElement, "scrolls sideways");
  const top = document.querySelector(".overlay") ?? document.querySelector(".screen");
  const main = document.querySelector("main");
  if (main.scrollWidth > main.clientWidth + 1) say(main, "is cut off at the side");
  const docked = document.querySelector(".dock") !== null;
  const rest = main.scrollHeight - main.clientHeight;
  if (rest > 12 && !docked && main.matches(".main") && document.querySelector(".bottom-next .button") === null)
    say(main, "goes on below the edge and nothing says so");
  for (const element of top.querySelectorAll("button, label.choice, input:not([type=radio]), textarea")) {
    const box = element.getBoundingClientRect();
    if (box.width === 0) continue;
    if (box.width < 72 || box.height < 72) say(element, "is small: " + box.width + " × " + box.height);
    if (box.left < -0.5 || box.right > innerWidth + 0.5) say(element, "sticks out at the side");
    if (element.closest(".main") === null && (box.top < -0.5 || box.bottom > innerHeight + 0.5))
      say(element, "is out of the panel");
    if (element.tagName === "BUTTON" && element.scrollWidth > element.clientWidth + 1) say(element, "does not hold its words");
  }
  const typing = document.activeElement;
  if (docked && typing.matches("input, textarea")) {
    const [box, frame] = [typing.getBoundingClientRect(), main.getBoundingClientRect()];
    if (box.top < frame.top - 1 || box.bottom > frame.bottom + 1) say(typing, "is hidden while one types into it");
  }
  const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (color) => channels(color).slice(0, 3)
    .map((value) => value / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const ground = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const style = getComputedStyle(at);
      // Over a drawing axe judges as well as it can.
      if (style.backgroundImage !== "none" || at.matches(".attract-all")) return null;
      const [, , , alpha = 1] = channels(style.backgroundColor);
      if (alpha === 1) return style.backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (element) => {
    const behind = ground(element);
    if (behind === null) return 21;
    const [one, other] = [luminance(getComputedStyle(element).color), luminance(behind)];
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  };
  const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node.data.trim() === "") continue;
    const ratio = contrast(node.parentElement);
    if (ratio < 7) say(node.parentElement, "has contrast " + ratio.toFixed(1));
    const size = parseFloat(getComputedStyle(node.parentElement).fontSize);
    if (size < ${smallestTextPx}) say(node.parentElement, "is written small: " + size + " px");
  }
  return complaints;
})()`;

const AXE_RUN = `axe.run(document, {
  runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
  rules: { "color-contrast-enhanced": { enabled: true }, "target-size": { enabled: true } },
}).then((result) => result.violations.map((violation) =>
  violation.id + ": " + violation.nodes.map((node) => node.target.join(" ") + " " + node.any.map((check) => check.message).join("; ")).join(" | ")))`;

export const layoutComplaints = (page: Page, smallestTextPx: number): Promise<string[]> =>
  page.evaluate(audit(smallestTextPx));

/** Through the debugger, which the page's own security policy does not bind. */
export const loadAxe = async (page: Page): Promise<void> => {
  await page.evaluate(readFileSync(AXE_FILE, "utf8"));
};

/** WCAG 2.2 AA, and contrast of 7:1. */
export const axeComplaints = (page: Page): Promise<string[]> => page.evaluate(AXE_RUN);
