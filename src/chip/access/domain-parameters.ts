// Which group does an identifier of standardized domain parameters stand for? (Doc 9303-11 clause 9.5.1)
import type { AgreementGroup } from "./agreement-group.js";
import { curveAgreement } from "./curve-agreement.js";
import { CURVES } from "./curves.js";
import { modpAgreement } from "./modp-agreement.js";
import { MODP_GROUPS } from "./modp-groups.js";

/** `null` for an identifier that is reserved or stands for a curve that this Node can not compute on. */
export const standardizedGroup = (parameterId: number): AgreementGroup | null => {
  const curve = CURVES.get(parameterId);
  if (curve !== undefined) return curveAgreement(curve);
  const group = MODP_GROUPS.get(parameterId);
  return group === undefined ? null : modpAgreement(group);
};
