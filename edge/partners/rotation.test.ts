import { expect, test } from "vitest";
import type { SealedWebhookKey } from "../../db/partners/webhook-keys.ts";
import { decideRotation, type Rotation, type RotationRequest } from "./rotation.ts";

const NOW_MS = 1_795_360_645_000;
const HOUR_MS = 3_600_000;
const at = (hours: number) => new Date(NOW_MS + hours * HOUR_MS);

const one: SealedWebhookKey = { current: "a", previous: null, previousUntil: null };
const none: SealedWebhookKey = { ...one, current: null };
const running: SealedWebhookKey = { ...one, previous: "b", previousUntil: at(1) };
const over: SealedWebhookKey = { ...running, previousUntil: at(0) };

const wish = (hours: number, force = false): RotationRequest => ({
  graceMs: hours * HOUR_MS,
  force,
});
const rotate = (keepUntil: Date | null): Rotation => ({ kind: "rotate", keepUntil });

const DECISIONS: [what: string, SealedWebhookKey, RotationRequest, Rotation][] = [
  ["the current key is kept for the grace", one, wish(24), rotate(at(24))],
  ["without a grace the current key stops at once", one, wish(0), rotate(null)],
  ["the first key has none before it", none, wish(24), rotate(null)],
  ["a rotation that is over stands in nobody's way", over, wish(24), rotate(at(24))],
  ["a rotation that runs does", running, wish(24), { kind: "running", until: at(1) }],
  ["even when nothing shall be kept", running, wish(0), { kind: "running", until: at(1) }],
  ["unless it is forced", running, wish(24, true), rotate(at(24))],
  ["forced and without a grace, both stop at once", running, wish(0, true), rotate(null)],
];

test.each(DECISIONS)("%s", (_what, key, request, decision) => {
  expect(decideRotation(key, request, NOW_MS)).toEqual(decision);
});
