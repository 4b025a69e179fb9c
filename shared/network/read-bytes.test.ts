import { expect, test } from "vitest";
import { readBytes } from "./read-bytes.ts";

const MAX_BODY_BYTES = 64 * 1_024;

function makeStream(sizes: readonly number[]) {
  const state = { pulled: 0 };
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const size = sizes[state.pulled++];
      if (size === undefined) controller.close();
      else controller.enqueue(new Uint8Array(size));
    },
  });
  return { stream, state };
}

test("readBytes() takes exactly as much as is allowed", async () => {
  const { stream } = makeStream([MAX_BODY_BYTES - 1, 1]);
  expect(await readBytes(stream, MAX_BODY_BYTES)).toHaveLength(MAX_BODY_BYTES);
});

test("readBytes() stops reading at the first byte too much", async () => {
  const { stream, state } = makeStream([MAX_BODY_BYTES, 1, 1, 1, 1, 1]);
  await expect(readBytes(stream, MAX_BODY_BYTES)).rejects.toMatchObject({
    code: "body-too-large",
  });
  expect(state.pulled).toBeLessThan(5);
});

test("readBytes() reads no stream as nothing", async () => {
  expect(await readBytes(null, 1)).toHaveLength(0);
});
