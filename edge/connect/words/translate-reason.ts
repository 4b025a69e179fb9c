import { isReasonCode, reasonText } from "../../../shared/users/reasons.ts";
import type { Words } from "./en.ts";

/** Returns the text for a reason why a login was refused. An unknown code is shown in English. */
export const translateReason = ({ reasons }: Words, code: string): string =>
  isReasonCode(code) ? reasons[code] : reasonText(code);
