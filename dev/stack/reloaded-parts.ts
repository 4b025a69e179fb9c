/** A part of the stack that can be reloaded separately. The edge serves the pages. */
export type StackPart = "edge" | "fleet" | "pages";

const PARTS: Readonly<Record<string, readonly StackPart[]>> = {
  edge: ["edge"],
  fleet: ["fleet"],
  admin: ["pages"],
  reference: ["pages"],
  db: ["edge", "fleet"],
  shared: ["edge", "fleet", "pages"],
};

export const WATCHED_FOLDERS = Object.keys(PARTS);

/** Returns the parts that use a file. No running part uses tests or migrations. */
export function findReloadedParts(path: string): readonly StackPart[] {
  const isSource = /\.(ts|tsx|css|html|svg)$/.test(path) && !/\.(test|d)\.ts$/.test(path);
  return isSource ? (PARTS[path.split("/", 1)[0] ?? ""] ?? []) : [];
}
