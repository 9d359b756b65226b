// Which data does the screen of one name get?
import type { Screen, ScreenName } from "../../../flows/view.js";

export interface ScreenProps<N extends ScreenName> {
  readonly screen: Extract<Screen, { readonly name: N }>;
}
