// How does an officer read the form that a citizen filled in, the drawn signature with it?
import { parseSignature, SIGNATURE_BOX } from "../../core/drawn-signature.js";
import type { ApplicationContent } from "../../sync/protocol/content.js";
import { html, type Markup } from "../html.js";
import { readable } from "./layout.js";

/** What is no path is shown as the text that it is. */
const formValue = ({ value, drawn }: ApplicationContent["form"][number]): Markup =>
  drawn === true && parseSignature(value) !== null
    ? html`<svg class="drawn" viewBox="0 0 ${SIGNATURE_BOX.width} ${SIGNATURE_BOX.height}" role="img" aria-label="Chữ ký vẽ tay"><path d="${value}"/></svg>`
    : html`${readable(value)}`;

export const formPairs = (form: ApplicationContent["form"]): Markup =>
  html`<dl>${form.map((each) => html`<dt>${each.label.vi}</dt><dd>${formValue(each)}</dd>`)}</dl>`;
