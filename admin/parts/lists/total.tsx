interface TotalProps {
  /** How many rows match; only the first 1,000 are counted. */
  total: { count: number; is_more: boolean };
  /** What the rows are: one of them, and several. */
  one: string;
  many: string;
}

/** Shows how many rows a list has, such as `1,000+ users`. */
export const Total = ({ total, one, many }: TotalProps) => (
  <p class="total muted">{countInWords(total, { one, many })}</p>
);

const NUMBER = new Intl.NumberFormat();

/** Returns, for example, `1 user`, `37 users` or `1,000+ users`. */
export const countInWords = (
  { count, is_more }: TotalProps["total"],
  { one, many }: Pick<TotalProps, "one" | "many">,
): string => `${NUMBER.format(count)}${is_more ? "+" : ""} ${count === 1 && !is_more ? one : many}`;
