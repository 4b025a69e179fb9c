const PERCENT = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 2 });

/**
 * Formats a share from 0 to 1 as a percentage. Rounds down, so that only a share without a failure
 * is shown as 100 %.
 */
export const formatRate = (share: number): string =>
  PERCENT.format(Math.floor(share * 10_000) / 10_000);
