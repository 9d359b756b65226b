// Is the picture clear, was it read right, and do the pages stand in their order?
import type { FieldView } from "../../../flows/view.js";
import { BigButton } from "../parts/button.js";
import { FieldList, KeysFor } from "../parts/field-list.js";
import { Frame } from "../parts/frame.js";
import { DownIcon, TrashIcon, UpIcon } from "../parts/icons.js";
import { Crop, Picture } from "../parts/paper-picture.js";
import { useFields } from "../parts/use-fields.js";
import { useVisit } from "../visit.js";
import type { ScreenProps } from "./screen-of.js";

type PapersProps = ScreenProps<"papers">;

const MorePages = ({ screen }: PapersProps) => {
  const { send, text } = useVisit();
  const { taken = 1, max = 1, shown = taken } = screen.pages ?? {};
  if (max <= 1) return null;
  return (
    <div className="more-pages">
      <p className="chip">
        {taken > 1 ? text("papers.page", { shown, taken }) : text("papers.taken", { taken })}
      </p>
      {taken > 1 && (
        <BigButton
          look="secondary"
          label={text("papers.arrange")}
          onPress={() => send({ type: "ARRANGE" })}
        />
      )}
      {shown === taken && taken < max && (
        <BigButton
          look="secondary"
          label={text("papers.another")}
          onPress={() => send({ type: "CAPTURE" })}
        />
      )}
    </div>
  );
};

const Retake = () => {
  const { send, text } = useVisit();
  return (
    <BigButton look="secondary" label={text("papers.retake")} onPress={() => send({ type: "RETAKE" })} />
  );
};

/** The place on the paper that the citizen is asked to look at; what was read of handwriting wants a yes. */
const Place = ({ screen, field }: PapersProps & { readonly field: FieldView }) => {
  const { setField, text } = useVisit();
  const { key, value, box, unread, doubtful, mendedFrom, fromHand } = field;
  const asked = unread === true || fromHand === true || doubtful || mendedFrom !== undefined;
  return (
    <>
      {box !== undefined && asked && <Crop screen={screen} box={box} />}
      {fromHand === true && (
        <button
          type="button"
          className="place-offer hand-right"
          onClick={() => setField({ type: "SET_PAPER_FIELD", key, value })}
        >
          {text("papers.handRight")}
        </button>
      )}
    </>
  );
};

const titleOf = ({ fields }: PapersProps["screen"]) => {
  if (fields.some(({ unread }) => unread === true)) return "papers.reviewHand";
  return fields.length === 0 ? "papers.reviewPlain" : "papers.reviewTitle";
};

export const Review = ({ screen }: PapersProps) => {
  const { send, setField, text } = useVisit();
  const edit = useFields(screen.fields, (key, value) => setField({ type: "SET_PAPER_FIELD", key, value }));
  const next = () => send({ type: "NEXT" });
  const keys = edit.active === null ? null : <KeysFor edit={edit} />;
  const hasFields = screen.fields.length > 0;
  return (
    <Frame
      title={text(titleOf(screen))}
      lead={screen.recognised ? undefined : text("papers.unrecognised")}
      next={{ label: text(hasFields ? "papers.accept" : "papers.acceptPlain"), onPress: next }}
      aside={<Retake />}
      dock={keys}
    >
      <div className={hasFields ? "beside" : "beside beside-alone"}>
        <div className="taken">
          <Picture screen={screen} mark={edit.active?.box} />
          <MorePages screen={screen} />
        </div>
        {hasFields && (
          <FieldList
            fields={screen.fields}
            edit={edit}
            onEnd={next}
            // Whoever is asked to look must see the place.
            above={(field) => <Place screen={screen} field={field} />}
          />
        )}
      </div>
    </Frame>
  );
};

/** The machine advises; whether the picture is good enough, the citizen decides. */
export const Poor = ({ screen }: PapersProps) => {
  const { send, text } = useVisit();
  return (
    <Frame
      title={text("papers.poorTitle")}
      lead={text("papers.poorLead")}
      next={{ label: text("papers.retake"), onPress: () => send({ type: "RETAKE" }) }}
      aside={
        <BigButton look="secondary" label={text("papers.useThis")} onPress={() => send({ type: "NEXT" })} />
      }
    >
      <p className="remedy" role="alert">
        {text(`papers.coach_${screen.advice ?? "blurred"}`)}
      </p>
      <div className="beside beside-alone">
        <Picture screen={screen} />
      </div>
    </Frame>
  );
};

export const Arrange = ({ screen }: PapersProps) => {
  const { send, text } = useVisit();
  const thumbs = screen.thumbs ?? [];
  return (
    <Frame
      title={text("papers.arrangeTitle")}
      next={{ label: text("papers.arrangeDone"), onPress: () => send({ type: "NEXT" }) }}
    >
      <ol className="arrange">
        {thumbs.map((url, page) => (
          <li key={url}>
            <img src={url} alt={text("papers.pageNumber", { number: page + 1 })} />
            <b>{text("papers.pageNumber", { number: page + 1 })}</b>
            <BigButton
              look="secondary"
              icon={<UpIcon />}
              label={text("papers.moveUp")}
              name={`${text("papers.moveUp")}: ${text("papers.pageNumber", { number: page + 1 })}`}
              disabled={page === 0}
              onPress={() => send({ type: "MOVE_PAGE", page, by: -1 })}
            />
            <BigButton
              look="secondary"
              icon={<DownIcon />}
              label={text("papers.moveDown")}
              name={`${text("papers.moveDown")}: ${text("papers.pageNumber", { number: page + 1 })}`}
              disabled={page === thumbs.length - 1}
              onPress={() => send({ type: "MOVE_PAGE", page, by: 1 })}
            />
            <BigButton
              look="danger"
              icon={<TrashIcon />}
              label={text("papers.remove")}
              name={`${text("papers.remove")}: ${text("papers.pageNumber", { number: page + 1 })}`}
              onPress={() => send({ type: "REMOVE_PAGE", page })}
            />
          </li>
        ))}
      </ol>
    </Frame>
  );
};
