import { vi } from "vitest";

/** Asks until there are rows. */
export const repeatedly = <Row>(ask: () => Promise<Row[]>): Promise<Row[]> =>
  vi.waitFor(
    async () => {
      const rows = await ask();
      if (rows.length === 0) throw new Error("Cannot go on: no rows came");
      return rows;
    },
    { timeout: 5_000, interval: 20 },
  );
