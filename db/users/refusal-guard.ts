/**
 * How many users of a partner may be archived within ten minutes because of a 403, before the
 * partner's lane is paused: this number, or `BELIEVED_SHARE` of its living users if that is more.
 * The limit exists because a 403 may also come from a firewall.
 */
const BELIEVED = 20;
const BELIEVED_SHARE = 0.02;

/** Returns how many of a partner's users may be archived because of a 403 within ten minutes. */
export const mayBeRefused = (livingUsers: number) =>
  Math.max(BELIEVED, Math.floor(BELIEVED_SHARE * livingUsers));
