/** Older servers take newer settings of streams and consumers and do nothing with them, in silence. */
const OLDEST_SERVER = "2.10";

/** @throws {Error} when the server is older than that, or does not say how old it is. */
export function refuseOldServer(version: string | undefined): void {
  const [major = 0, minor = 0] = numbersOf(version ?? "");
  const [oldestMajor = 0, oldestMinor = 0] = numbersOf(OLDEST_SERVER);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Error(
    `Cannot use this nats-server: found version ${version ?? "unknown"}, wanted ${OLDEST_SERVER} or later`,
  );
}

const numbersOf = (version: string) => version.split(".").map((part) => Number.parseInt(part, 10));
