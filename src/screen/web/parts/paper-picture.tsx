// How is a captured page looked at: whole, large, and at one place of it?
import { useState } from "react";
import type { FieldView } from "../../../flows/view.js";
import type { ScreenProps } from "../screens/screen-of.js";
import { useVisit } from "../visit.js";
import { ZoomIcon } from "./icons.js";

type PapersScreen = ScreenProps<"papers">["screen"];
type Box = NonNullable<FieldView["box"]>;

export interface PictureProps {
  readonly screen: PapersScreen;
  /** A place on the page that is worked at now. */
  readonly mark?: Box | undefined;
}

export const Picture = ({ screen, mark }: PictureProps) => {
  const { text } = useVisit();
  const [large, setLarge] = useState(false);
  const { imageUrl, picture } = screen;
  if (imageUrl === null) return <p className="note">{text("papers.noImage")}</p>;
  return (
    <button
      type="button"
      className={large ? "paper paper-large" : "paper"}
      onClick={() => setLarge(!large)}
      aria-pressed={large}
    >
      <img src={imageUrl} alt={text("papers.image")} />
      {picture !== undefined && mark !== undefined && (
        // Fitted into its frame as the picture is.
        <svg
          className="paper-marks"
          viewBox={`0 0 ${picture.widthPx} ${picture.heightPx}`}
          aria-hidden="true"
        >
          <rect {...boxed(around(mark, 0.2))} />
        </svg>
      )}
      <span className="paper-zoom">
        <ZoomIcon /> {text(large ? "common.close" : "papers.enlarge")}
      </span>
    </button>
  );
};

/** Letters are read by what stands around them. */
const around = ({ x, y, w, h }: Box, part: number): Box => ({
  x: x - h * part,
  y: y - h * part,
  w: w + 2 * h * part,
  h: h * (1 + 2 * part),
});

const boxed = ({ x, y, w, h }: Box) => ({ x, y, width: w, height: h });

export interface CropProps {
  readonly screen: PapersScreen;
  readonly box: Box;
}

/** One place of the page, as large as the column is wide. */
export const Crop = ({ screen: { imageUrl, picture }, box }: CropProps) => {
  const { text } = useVisit();
  if (imageUrl === null || picture === undefined) return null;
  const { x, y, w, h } = around(box, 0.6);
  return (
    <svg className="crop" viewBox={`${x} ${y} ${w} ${h}`} role="img" aria-label={text("form.showPlace")}>
      <image href={imageUrl} width={picture.widthPx} height={picture.heightPx} />
    </svg>
  );
};
