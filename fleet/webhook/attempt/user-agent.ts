import manifest from "../../../package.json" with { type: "json" };

/** How every webhook names its sender. */
export const USER_AGENT = `SuperIMAP/${manifest.version}`;
