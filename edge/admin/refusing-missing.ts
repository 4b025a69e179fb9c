import { isRowMissing } from "../../db/conditions.ts";
import type { AppError } from "../../shared/errors.ts";

/**
 * Waits for a write.
 * @throws what `toError` returns, when a row that the write requires was not there (`requireRow()`).
 */
export async function refusingMissing<T>(write: Promise<T>, toError: () => AppError): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw isRowMissing(error) ? toError() : error;
  }
}
