import { expect, test } from "vitest";
import { readTraceParent, writeTraceParent } from "./traceparent.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

test.each([
  [`00-${traceId}-${spanId}-01`, { traceId, spanId, isSampled: true }],
  [`00-${traceId}-${spanId}-00`, { traceId, spanId, isSampled: false }],
  // Only the last bit of the flags says whether the trace is sampled.
  [`00-${traceId}-${spanId}-03`, { traceId, spanId, isSampled: true }],
])("%s is read", (text, parent) => {
  expect(readTraceParent(text)).toEqual(parent);
});

test.each([
  "",
  "00",
  `01-${traceId}-${spanId}-01`,
  `00-${"0".repeat(32)}-${spanId}-01`,
  `00-${traceId}-${"0".repeat(16)}-01`,
  `00-${traceId.toUpperCase()}-${spanId}-01`,
  `00-${traceId}-${spanId}-1`,
  `00-${traceId}-${spanId}-01-more`,
  ` 00-${traceId}-${spanId}-01`,
])("%j is no trace parent", (text) => {
  expect(readTraceParent(text)).toBeNull();
});

test.each([true, false])("what was written is read again, sampled %s", (isSampled) => {
  const parent = { traceId, spanId, isSampled };
  expect(readTraceParent(writeTraceParent(parent))).toEqual(parent);
});
