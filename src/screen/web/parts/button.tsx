// How does a thing to press look, always the same?
import type { ReactNode } from "react";

export interface BigButtonProps {
  readonly label: string;
  readonly onPress: () => void;
  readonly look?: "primary" | "secondary" | "quiet" | "danger";
  readonly icon?: ReactNode;
  readonly iconAfter?: ReactNode;
  readonly note?: string;
  readonly disabled?: boolean;
  /** One of several answers, and this is the chosen one. */
  readonly pressed?: boolean;
  /** What it is called where its label alone could be anybody's; begins with the label. */
  readonly name?: string;
  /** A hardware key that presses it: a digit or "escape". */
  readonly hotkey?: string;
}

export const BigButton = (props: BigButtonProps) => (
  <button
    type="button"
    className={`button button-${props.look ?? "primary"}`}
    onClick={props.onPress}
    disabled={props.disabled === true}
    aria-label={props.name}
    aria-pressed={props.pressed}
    data-key={props.hotkey}
  >
    {props.icon}
    <span className="button-words">
      <span>{props.label}</span>
      {props.note !== undefined && <small>{props.note}</small>}
    </span>
    {props.iconAfter}
  </button>
);
