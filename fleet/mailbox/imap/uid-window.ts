/** A range of UIDs, including `first` and `last`. */
export interface UidWindow {
  first: number;
  last: number;
}

/** The largest UID: it has 32 bits (RFC 9051, 2.3.1.1). */
export const MAX_UID = 2 ** 32 - 1;
