import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { claimPort } from "../processes/free-port.ts";
import { choosePorts, FREE_PORTS, HOST, readPort } from "./ports.ts";

test("choosePorts() gives every server a free port of its own", async () => {
  const { ports, moved } = await choosePorts(FREE_PORTS);
  const given = Object.values(ports);
  expect(new Set(given).size).toBe(given.length);
  expect(given.every((port) => port > 0)).toBe(true);
  expect(moved).toEqual([]);
});

test("choosePorts() keeps a wanted port that is free and replaces one that is taken", async () => {
  const taken = createServer().listen(0, HOST);
  onTestFinished(() => void taken.close());
  await once(taken, "listening");
  const { ports: free } = await choosePorts(FREE_PORTS);

  const chosen = await choosePorts({ ...free, edge: readPort(taken) });

  expect(chosen.ports.nats).toBe(free.nats);
  expect(chosen.ports.edge).not.toBe(readPort(taken));
  expect(chosen.moved).toEqual([
    { name: "edge", wanted: readPort(taken), used: chosen.ports.edge },
  ]);
});

test("claimPort() never returns a port twice, even if no server listens on it", async () => {
  const given = await Promise.all(Array.from({ length: 200 }, claimPort));
  expect(new Set(given).size).toBe(given.length);
});
