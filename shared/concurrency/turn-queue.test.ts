import { expect, test } from "vitest";
import { createTurnQueue } from "./turn-queue.ts";

const all = () => true;

/** Creates a queue of items such as `p/h 3`: the third item of the partner p at the host h. */
function makeQueue(items: readonly string[]) {
  const queue = createTurnQueue<string>();
  for (const item of items) queue.add(parseParty(item), item);
  return queue;
}

function parseParty(item: string) {
  const [partnerId = "", host = ""] = item.split(" ")[0]?.split("/") ?? [];
  return { partnerId, host };
}

test.each([
  { name: "one party in order", items: ["a/x 1", "a/x 2"], served: ["a/x 1", "a/x 2"] },
  {
    name: "partners in turn",
    items: ["a/x 1", "a/x 2", "a/x 3", "b/x 1", "b/x 2"],
    served: ["a/x 1", "b/x 1", "a/x 2", "b/x 2", "a/x 3"],
  },
  {
    name: "a partner of a thousand hosts as one of one",
    items: ["a/1 1", "a/2 1", "a/3 1", "b/x 1", "b/x 2"],
    served: ["a/1 1", "b/x 1", "a/2 1", "b/x 2", "a/3 1"],
  },
  {
    name: "hosts of a partner in turn",
    items: ["a/x 1", "a/x 2", "a/y 1"],
    served: ["a/x 1", "a/y 1", "a/x 2"],
  },
])("a queue serves $name", ({ items, served }) => {
  const queue = makeQueue(items);
  const order = items.map(() => queue.next(all));
  expect(order).toEqual(served);
  expect(queue.next(all)).toBeUndefined();
  expect(queue.size).toBe(0);
});

test("a queue skips parties that must wait, and keeps their turn", () => {
  const queue = makeQueue(["a/x 1", "a/x 2", "b/x 1", "b/x 2"]);
  expect(queue.next(({ partnerId }) => partnerId === "b")).toBe("b/x 1");
  expect(queue.next(all)).toBe("a/x 1");
});

test("removed work is not served", () => {
  const queue = makeQueue(["a/x 1", "a/x 2"]);
  queue.remove(parseParty("a/x"), "a/x 1");
  queue.remove(parseParty("a/x"), "a/x 1");
  expect(queue.size).toBe(1);
  expect(queue.next(all)).toBe("a/x 2");
});
