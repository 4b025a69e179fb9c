/**
 * A firewall's error page is also a 403, so only this many users, or this share of them, are
 * archived before the lane is paused.
 */
const BELIEVED = 20;
const BELIEVED_SHARE = 0.02;

/** How many of a partner's users may be archived by 403 within ten minutes. */
export const mayBeRefused = (livingUsers: number) =>
  Math.max(BELIEVED, Math.floor(BELIEVED_SHARE * livingUsers));
