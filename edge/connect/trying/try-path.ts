/** A request for the page of a login that is being tried. */
export interface TryPath {
  commandId: string;
  /**
   * Whether the answer waits for the result. The first request for the page does not wait, so that
   * the browser shows the page at once.
   */
  isWaiting: boolean;
  /** The URL of the link itself. */
  link: string;
}

const TRY = /[?&]try=(cmd_\w{1,40})(&wait=1)?$/;

/** Reads the URL of the page. Returns undefined for the URL of a link. */
export function readTryPath(url: string): TryPath | undefined {
  const found = TRY.exec(url);
  const commandId = found?.[1];
  if (!found || commandId === undefined) return undefined;
  return { commandId, isWaiting: found[2] !== undefined, link: url.slice(0, found.index) };
}

/** Returns the URL of the page: the link with parameters at its end, which stays as it is. */
export const toTryPath = ({ link, commandId, isWaiting }: TryPath): string =>
  `${link}${link.includes("?") ? "&" : "?"}try=${commandId}${isWaiting ? "&wait=1" : ""}`;
