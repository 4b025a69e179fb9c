import { join } from "node:path";

/** The root folder of the repository, which contains package.json. */
export const CHECKOUT = join(import.meta.dirname, "..");

/** Returns the absolute path of a file or folder of the repository. */
export const inCheckout = (...parts: string[]) => join(CHECKOUT, ...parts);
