import { afterAll, beforeAll } from "vitest";
import type { NewPartner } from "../../db/partners/partners.ts";
import { type ApiCaller, createApiCaller } from "../harness/api-caller.ts";
import type { EdgeStack } from "../harness/stacks/edge-stack.ts";
import { openEdge } from "../harness/stacks/open-edge.ts";

export interface TestPartner {
  id: string;
  apiKey: string;
  call: ApiCaller;
}

export interface TestEdge {
  stack(): EdgeStack;
  newPartner(settings?: Partial<NewPartner>): Promise<TestPartner>;
  /** Creates a partner with a connection to the provider PLAIN. */
  connectedPartner(settings?: Partial<NewPartner>): Promise<TestPartner>;
}

/** Starts one edge with a new database for all tests of a file, and stops it after them. */
export function useEdge(): TestEdge {
  let started: EdgeStack | undefined;
  beforeAll(async () => {
    started = await openEdge();
  });
  afterAll(() => started?.[Symbol.asyncDispose]());

  const stack = () => {
    if (!started) throw new Error("Cannot use the edge: it has not started");
    return started;
  };
  return toTestEdge(stack);
}

/** Adds to a running edge what the tests need. */
export function toTestEdge(stack: () => EdgeStack): TestEdge {
  const newPartner = async (settings?: Partial<NewPartner>) => {
    const { id, apiKey } = await stack().newPartner(settings);
    return { id, apiKey, call: createApiCaller(stack().url, apiKey) };
  };
  const connectedPartner = async (settings?: Partial<NewPartner>) => {
    const partner = await newPartner(settings);
    await partner.call("POST", "/connections", { body: { imap_provider_code: "PLAIN" } });
    return partner;
  };
  return { stack, newPartner, connectedPartner };
}

/** Returns the user of an API answer, but without the links, which differ in each answer. */
export function withoutLinks(body: unknown): object {
  if (typeof body !== "object" || body === null) throw new Error("Cannot read the user: no object");
  return { ...body, connect_url: undefined, disconnect_url: undefined };
}

export const USERS = "/connections/PLAIN/users";
export const userPath = (tag: string) => `${USERS}/${encodeURIComponent(tag)}`;
