// In which language does the visit go on?

import { CATALOGUES } from "../../texts/texts.js";
import { Frame } from "../parts/frame.js";
import { useVisit } from "../visit.js";

export const LanguageChoice = () => {
  const { send } = useVisit();
  const { vi, en } = { vi: CATALOGUES.vi.language, en: CATALOGUES.en.language };
  return (
    <Frame title={vi.title.text} lead={en.title.text}>
      <div className="tiles tiles-big spread">
        <button
          type="button"
          className="tile tile-main"
          lang="vi"
          data-key="1"
          onClick={() => send({ type: "CHOOSE_LANGUAGE", language: "vi" })}
        >
          <b className="tile-number">1</b>
          <span className="tile-words">
            <strong>{vi.vi.text}</strong>
            <span>{vi.viNote.text}</span>
          </span>
        </button>
        <button
          type="button"
          className="tile"
          lang="en"
          data-key="2"
          onClick={() => send({ type: "CHOOSE_LANGUAGE", language: "en" })}
        >
          <b className="tile-number">2</b>
          <span className="tile-words">
            <strong>{en.en.text}</strong>
            <span>{en.enNote.text}</span>
          </span>
        </button>
      </div>
    </Frame>
  );
};
