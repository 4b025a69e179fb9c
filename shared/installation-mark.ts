/**
 * Key in the metadata of each stream. Its value is the id of the installation whose database the
 * stream belongs to.
 */
export const INSTALLATION_MARK = "superimap_installation";
