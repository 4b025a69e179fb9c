import { encodeHexLowerCase } from "@oslojs/encoding";
import { digest } from "../digest.ts";

/** Returns the hex SHA-256 of a text. */
export const sha256Hex = async (text: string): Promise<string> =>
  encodeHexLowerCase(digest("sha256", text));
