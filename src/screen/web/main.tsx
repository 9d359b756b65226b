// How does the page start, and how does it forget?
//
// Between visits and whenever the runtime is away the whole React tree is thrown away, not only emptied:
// React keeps the last but one version of everything it drew.
import { createRoot, type Root } from "react-dom/client";
import { App } from "./app.js";
import { FieldSender } from "./field-sender.js";
import { type LinkState, VisitLink } from "./link.js";
import "./styles/page.css";
import { createTexts } from "./visit.js";

const isResting = (state: LinkState): boolean =>
  state.status !== "open" || state.view.screen.name === "attract";

const start = (): void => {
  const place = document.getElementById("page");
  const token = document.querySelector<HTMLMetaElement>('meta[name="page-token"]')?.content ?? "";
  if (place === null) return;
  const texts = createTexts();
  let root: Root | null = null;
  let wasResting = true;

  const freshRoot = (): Root => {
    // React keeps the input that had the focus, its value with it, until it hears that the focus left;
    // an element that is removed says no such thing.
    place.firstElementChild?.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
    root?.unmount();
    const holder = document.createElement("div");
    place.replaceChildren(holder);
    return createRoot(holder);
  };

  const draw = (state: LinkState): void => {
    const resting = isResting(state);
    if (root === null || (resting && !wasResting)) {
      sender.drop();
      root = freshRoot();
    }
    wasResting = resting;
    root.render(<App state={state} link={link} sender={sender} texts={texts} />);
  };

  const link = new VisitLink(token, draw);
  const sender = new FieldSender((event) => link.send(event));
  // No menu, no drag, no pinch: there is no way out of the kiosk by a gesture.
  document.addEventListener("contextmenu", (event) => event.preventDefault());
  document.addEventListener("dragstart", (event) => event.preventDefault());
  draw({ status: "connecting" });
  link.connect();
};

start();
