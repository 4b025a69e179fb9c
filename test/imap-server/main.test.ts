import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { RawClient } from "./test-client.ts";

const directory = mkdtempSync(join(tmpdir(), "imap-main-"));
afterAll(() => rmSync(directory, { recursive: true }));

const accounts = join(directory, "accounts.json");
writeFileSync(accounts, JSON.stringify([{ login: "a", password: "secret", address: "a@b.c" }]), {
  mode: 0o600,
});

function run(...args: string[]) {
  const program = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args]);
  const exit = once(program, "exit").then(([code]) => code as unknown);
  return { program, exit };
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "the server tells its ports and stops cleanly on %s",
  async (signal) => {
    const ports = ["--imap-port", "0", "--smtp-port", "0"];
    const { program, exit } = run(
      ...ports,
      "--accounts",
      accounts,
      "--directory",
      join(directory, "mail"),
    );
    const [line] = await once(program.stdout, "data");
    expect(JSON.parse(String(line))).toEqual({
      event: "imap_server.listening",
      port: expect.any(Number),
      smtp_port: expect.any(Number),
    });
    program.kill(signal);
    expect(await exit).toBe(0);
  },
);

test("the server prints the seed of its chaos, and at its end the counts", async () => {
  const chaos = join(directory, "chaos.json");
  writeFileSync(chaos, JSON.stringify({ seed: 42, weights: { greeting_bye: 1 } }));
  const ports = ["--imap-port", "0", "--smtp-port", "0"];
  const { program, exit } = run(...ports, "--accounts", accounts, "--chaos", chaos);
  const lines = createInterface(program.stdout)[Symbol.asyncIterator]();
  const nextLine = async () => JSON.parse(String((await lines.next()).value));
  expect(await nextLine()).toEqual({ event: "chaos.seeded", seed: 42 });
  using client = new RawClient({ host: "127.0.0.1", port: (await nextLine()).port });
  expect(await client.exchangeToEnd("")).toMatch(/^\* BYE /);
  program.kill("SIGTERM");
  expect(await nextLine()).toMatchObject({ event: "chaos.counted", greeting_bye: 1, bye: 0 });
  expect(await exit).toBe(0);
});

test("all wrong arguments are reported at once", async () => {
  const { program, exit } = run(
    "--imap-port",
    "x",
    "--smtp-port",
    "70000",
    "--verbose",
    "--tls-key",
  );
  const told = (await text(program.stderr)).trim().split("\n");
  expect(told).toEqual([
    "Cannot start the IMAP server: --verbose is not known",
    "Cannot start the IMAP server: --imap-port must be a port number",
    "Cannot start the IMAP server: --smtp-port must be a port number",
    "Cannot start the IMAP server: --tls-key needs a value",
    "Cannot start the IMAP server: --accounts is missing",
  ]);
  expect(await exit).toBe(1);
});

test("unusable files are reported without their content", async () => {
  const broken = join(directory, "broken.json");
  writeFileSync(broken, JSON.stringify([{ login: "a", password: ["secret"], address: "a" }]));
  const chaos = join(directory, "broken-chaos.json");
  writeFileSync(chaos, JSON.stringify({ weights: { bye: 2, flurb: 1 } }));
  const oauth = join(directory, "broken-introspection.json");
  writeFileSync(oauth, JSON.stringify({ url: "secret", client: { id: "a" } }));
  const missing = join(directory, "none");
  const { program, exit } = run(
    ...["--accounts", broken, "--tls-cert", missing],
    ...["--introspection", oauth, "--chaos", chaos],
  );
  const told = (await text(program.stderr)).trim().split("\n");
  expect(told).toEqual([
    "Cannot start the IMAP server: --accounts is no list of {login, password, address}: see 0.password, 0.address",
    "Cannot start the IMAP server: --tls-cert names a file that cannot be read: ENOENT",
    "Cannot start the IMAP server: --introspection is no {url, client: {id, secret}, mail_scope}",
    "Cannot start the IMAP server: --chaos is no {seed, weights}: see weights.bye, weights.flurb",
    "Cannot start the IMAP server: --tls-key and --tls-cert must be given together",
  ]);
  expect(await exit).toBe(1);
});
