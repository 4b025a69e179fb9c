import { join } from "node:path";

/** The folder that holds package.json. */
export const CHECKOUT = join(import.meta.dirname, "..");

/** A path inside the checkout. */
export const inCheckout = (...parts: string[]) => join(CHECKOUT, ...parts);
