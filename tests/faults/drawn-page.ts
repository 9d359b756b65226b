// Which words does the citizen's own page draw for a view?
import { fileURLToPath } from "node:url";
import { createElement, type FunctionComponent } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { createServer } from "vite";
import type { Language } from "../../src/flows/events.js";
import type { View } from "../../src/flows/view.js";

const PAGE = fileURLToPath(new URL("../../../src/screen/web", import.meta.url));

interface AppProps {
  readonly state: { readonly status: "open"; readonly view: View };
  readonly link: { send(): void };
  readonly sender: { flush(): void; set(): void };
  readonly texts: unknown;
}

export interface DrawnPage {
  /** Everything written on the screen in that language, pictures left out. */
  words(view: View, language: Language): string;
}

/** The product's components, as they stand in the sources; a second of compiling. */
export const loadPage = async (): Promise<DrawnPage> => {
  const vite = await createServer({
    root: PAGE,
    configFile: `${PAGE}/vite.config.ts`,
    server: { middlewareMode: true, hmr: false, watch: null, ws: false },
    optimizeDeps: { noDiscovery: true },
    appType: "custom",
    logLevel: "error",
  });
  try {
    const { App } = (await vite.ssrLoadModule("/app.tsx")) as { App: FunctionComponent<AppProps> };
    const { createTexts } = (await vite.ssrLoadModule("/visit.ts")) as { createTexts: () => unknown };
    const texts = createTexts();
    return {
      words: (view, language) => {
        const props: AppProps = {
          state: { status: "open", view: { ...view, language } },
          link: { send: () => {} },
          sender: { flush: () => {}, set: () => {} },
          texts,
        };
        return renderToStaticMarkup(createElement(App, props))
          .replace(/<svg.*?<\/svg>/gs, " ")
          .replace(/<[^>]+>/g, " ")
          .replaceAll("&#x27;", "'")
          .replaceAll("&quot;", '"')
          .replaceAll("&amp;", "&")
          .replace(/\s+/g, " ");
      },
    };
  } finally {
    await vite.close();
  }
};
