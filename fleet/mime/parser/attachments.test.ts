import type { Attachment } from "postal-mime";
import { expect, test } from "vitest";
import { describeAttachments } from "./attachments.ts";

const of = (size: number): Attachment => ({
  filename: null,
  mimeType: "image/png",
  disposition: null,
  content: new Uint8Array(size),
});
const omissions = (sizes: number[]) =>
  describeAttachments(sizes.map(of), 10).map(({ omitted }) => omitted ?? null);

const LARGE = "it is larger than 10 bytes";
const CROWDED = "all contents together are larger than 40 bytes";
const SIZES: [sizes: number[], omitted: (string | null)[]][] = [
  [[], []],
  [
    [0, 10],
    [null, null],
  ],
  [
    [11, 10],
    [LARGE, null],
  ],
  [
    [10, 10, 10, 10, 1, 0],
    [null, null, null, null, CROWDED, null],
  ],
  [
    [10, 10, 10, 9, 2, 1],
    [null, null, null, null, CROWDED, null],
  ],
];

test.each(SIZES)("of attachments of %j bytes are omitted %j", (sizes, omitted) => {
  expect(omissions(sizes)).toEqual(omitted);
});

test("an attachment is described, with or without its content", () => {
  const whole: Attachment = {
    filename: "a.txt",
    mimeType: "",
    disposition: "inline",
    contentId: "<1@example.com>",
    content: Uint8Array.of(0x61, 0x62, 0x63).subarray(0, 2),
  };
  const described = {
    name: "a.txt",
    type: "application/octet-stream",
    size: 2,
    disposition: "inline",
    content_id: "1@example.com",
    sha256: "fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603",
  };
  expect(describeAttachments([whole], 2)).toEqual([{ ...described, content_base64: "YWI=" }]);
  expect(describeAttachments([{ ...whole, content: "ab" }], 1)).toEqual([
    { ...described, content_base64: null, omitted: "it is larger than 1 bytes" },
  ]);
});
