/**
 * The metadata key under which a NATS stream stores the id of the installation that the stream
 * belongs to.
 */
export const INSTALLATION_MARK = "superimap_installation";
