/** The headers of conditional requests (RFC 9110, 13.1). */
const header = (name: string, description: string) => ({
  name,
  in: "header" as const,
  required: false,
  description,
  schema: { type: "string" as const },
});

export const ifMatch = header(
  "if-match",
  "The `ETag` of the version that is to be changed. Another one is there meanwhile: 412, and nothing was changed.",
);

export const ifNoneMatch = header(
  "if-none-match",
  "The `ETag` of a version that is known already. It is still the same: 304 and no body.",
);

export const notModified = {
  304: { description: "It is the version that `If-None-Match` names." },
};
