import manifest from "../../../package.json" with { type: "json" };

/** The User-Agent of every webhook. */
export const USER_AGENT = `SuperIMAP/${manifest.version}`;
