import type { ConnectLinks } from "../../../shared/secrets/connect-link.ts";
import type { AuthFailedEvent } from "../../../shared/users/events.ts";

/** How long a link in a webhook is valid: longer than the retries of a webhook take. */
const LIFETIME_MS = 24 * 60 * 60_000;

/**
 * Returns the link at which a user whose login was refused can connect again. The link is the same
 * at each attempt of the event.
 */
export const signConnectUrl = (links: ConnectLinks, event: AuthFailedEvent): Promise<string> =>
  links.signUrl({
    purpose: "connect",
    userId: event.user_id,
    linkId: event.id,
    expiresAtMs: event.created_at_ms + LIFETIME_MS,
  });
