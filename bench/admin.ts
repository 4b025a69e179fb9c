import { DEFAULT_ADMIN } from "../dev/seed/seed-admin.ts";
import { MANY, seedMany } from "../dev/seed-many/seed-many.ts";
import { type Stack, startStack } from "../dev/stack/stack.ts";
import { ADMIN_LISTS } from "./admin-lists.ts";
import { machine, spread } from "./figures.ts";

const WARM_UP = 3;
const ROUNDS = 20;
/**
 * Measures how long the edge takes to answer the requests of the admin screens. The database
 * contains a large installation, and no fleet is running.
 */
export async function benchAdmin(): Promise<void> {
  await using stack = await startStack();
  await stack.programs.fleet.stop();
  const start = performance.now();
  await seedMany(stack.addresses.postgres, MANY);
  const seededS = (performance.now() - start) / 1_000;
  const get = await signIn(stack);
  console.log(`admin, on ${machine()}: edge (workerd), Postgres and its proxy on it`);
  console.log(
    `  ${MANY.users} users, ${MANY.mails} mails, ${MANY.instances} instances, made up in ${seededS.toFixed(0)} s; ${ROUNDS} requests each`,
  );
  for (const [name, path] of Object.entries(ADMIN_LISTS)) {
    console.log(`  ${name}: ${await measure(() => get(path))}`);
  }
}

async function measure(ask: () => Promise<number>): Promise<string> {
  const timesMs: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const start = performance.now();
    const status = await ask();
    if (status !== 200) return `answered ${status}`;
    if (round >= WARM_UP) timesMs.push(performance.now() - start);
  }
  return spread(timesMs);
}

/**
 * Signs an admin in.
 * @returns a function that sends a GET as the signed-in admin and reads the whole answer. The
 * function returns the status.
 */
async function signIn({ addresses }: Stack): Promise<(path: string) => Promise<number>> {
  const api = `${addresses.edge}/admin/api`;
  const own = { origin: addresses.edge, "sec-fetch-site": "same-origin" };
  const { email, password } = DEFAULT_ADMIN;
  const signedIn = await fetch(`${api}/session`, {
    method: "POST",
    headers: { ...own, "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  const [given = ""] = signedIn.headers.getSetCookie();
  const cookie = given.split(";", 1)[0] ?? "";
  if (signedIn.status !== 201)
    throw new Error(`Cannot sign in: got ${signedIn.status}, wanted 201`);
  return async (path) => {
    const response = await fetch(api + path, { headers: { ...own, cookie } });
    await response.arrayBuffer();
    return response.status;
  };
}
