import type { ConnectLinks } from "../../../shared/secrets/connect-link.ts";
import type { AuthFailedEvent } from "../../../shared/users/events.ts";

/** How long a link in a webhook is valid. This is longer than the default RETRY_SCHEDULE takes. */
const LIFETIME_MS = 24 * 60 * 60_000;

/**
 * Returns the link where a user whose login was refused can connect again. Every attempt of the
 * event contains the same link.
 */
export const signConnectUrl = (links: ConnectLinks, event: AuthFailedEvent): Promise<string> =>
  links.signUrl({
    purpose: "connect",
    userId: event.user_id,
    linkId: event.id,
    expiresAtMs: event.created_at_ms + LIFETIME_MS,
  });
