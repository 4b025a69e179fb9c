/** Describes a header of conditional requests (RFC 9110, 13.1). */
const header = (name: string, description: string) => ({
  name,
  in: "header" as const,
  required: false,
  description,
  schema: { type: "string" as const },
});

export const ifMatch = header(
  "if-match",
  "The `ETag` of the version to change. If the current version is a different one, the answer is 412 and nothing changes.",
);

export const ifNoneMatch = header(
  "if-none-match",
  "The `ETag` of a version that you already have. If it is still current, the answer is 304 without a body.",
);

export const notModified = {
  304: { description: "The version in `If-None-Match` is still current." },
};
