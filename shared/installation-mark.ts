/**
 * The key in the metadata of each NATS stream. Its value is the id of the installation that the
 * stream belongs to.
 */
export const INSTALLATION_MARK = "superimap_installation";
