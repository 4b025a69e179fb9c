/**
 * A 403 may also be a firewall's error page. So at most this many users, or this share of the
 * living ones if that is more, are archived before the lane is paused.
 */
const BELIEVED = 20;
const BELIEVED_SHARE = 0.02;

/** Returns how many of a partner's users may be archived by 403 within ten minutes. */
export const mayBeRefused = (livingUsers: number) =>
  Math.max(BELIEVED, Math.floor(BELIEVED_SHARE * livingUsers));
