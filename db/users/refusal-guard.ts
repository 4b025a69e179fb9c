/**
 * How many users of a partner are archived because of a 403 before its lane is paused: at most this
 * number, or this share of the living users if that is more. There is a limit because a 403 may
 * also be a firewall's error page.
 */
const BELIEVED = 20;
const BELIEVED_SHARE = 0.02;

/** Returns how many of a partner's users may be archived by 403 within ten minutes. */
export const mayBeRefused = (livingUsers: number) =>
  Math.max(BELIEVED, Math.floor(BELIEVED_SHARE * livingUsers));
