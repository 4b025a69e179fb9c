import { join } from "node:path";

/** The folder that contains package.json. */
export const CHECKOUT = join(import.meta.dirname, "..");

/** Returns a path inside the checkout. */
export const inCheckout = (...parts: string[]) => join(CHECKOUT, ...parts);
