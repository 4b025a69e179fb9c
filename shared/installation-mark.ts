/** In the metadata of each stream: the id of the installation whose database it belongs to. */
export const INSTALLATION_MARK = "superimap_installation";
