import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isDovecotMissing } from "../harness/mail-servers/dovecot/dovecot.ts";
import { eventually } from "../harness/eventually.ts";
import { type Product, startProduct } from "./product.ts";
import type { ProductUser } from "./product-user.ts";

const MAIL = "From: bob@example.com\r\nSubject: Hello\r\n\r\nHello\r\n";

describe.skipIf(isDovecotMissing)("the fleet applies changes through the API", () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct();
  });
  afterAll(() => product?.[Symbol.asyncDispose]());

  const change = async ({ path }: ProductUser, body: Record<string, unknown>) =>
    expect(await product.api("PUT", path, { body })).toMatchObject({ status: 200 });

  const connections = (user: ProductUser, wanted: number) =>
    eventually(`${wanted} connections of ${user.tag}`, async () =>
      (await product.dovecot.connectionCount(user.login)) === wanted ? true : undefined,
    );

  test("a new user is watched within a second", async () => {
    const delays: number[] = [];
    for (let n = 0; n < 3; n++) {
      const user = await product.addUser();
      const startedMs = performance.now();
      await user.is("watching");
      delays.push(performance.now() - startedMs);
    }
    // Checks the median of the three delays, because a busy machine may make one of them longer.
    expect(delays.toSorted((a, b) => a - b)[1]).toBeLessThan(1_000);
  });

  test("a user that was added while NATS was away is watched within 15 s", async () => {
    const { nats } = product.stack.programs;
    await nats.stop();
    const user = await product.addUser();
    await nats.start();
    await user.is("watching");
    await user.deliver(MAIL);
    await user.receives(1);
  });

  test("an archived user is released, and a restored one gets the mail in between", async () => {
    const user = await product.addUser();
    await user.is("watching");
    await connections(user, 1);
    expect(await product.api("DELETE", user.path)).toMatchObject({ status: 204 });
    await connections(user, 0);
    await user.deliver(MAIL);
    expect(user.webhooks()).toEqual([]);
    await change(user, { archived: false });
    await user.receives(1);
    expect(await user.is("watching")).toMatchObject({ state_reason: null });
  });

  test("a permanently removed user is released, and none of its data is left", async () => {
    const [user, other] = [await product.addUser(), await product.addUser()];
    await user.is("watching");
    await user.deliver(MAIL);
    await user.receives(1);
    const removed = await product.api("DELETE", `${user.path}?purge=true`);
    expect(removed).toMatchObject({ status: 202, body: { total: 1, done: 0 } });
    await connections(user, 0);
    const purge = new URL(removed.headers.get("location") ?? "").pathname.replace("/api/v1", "");
    await eventually("the user to be gone", async () => {
      const { body } = await product.api("GET", purge);
      return JSON.stringify(body).includes('"done":1') ? true : undefined;
    });
    const left = await product.query("select 1 from users where tag = $1", [user.tag]);
    expect(left).toEqual([]);
    await other.is("watching");
    await other.deliver(MAIL);
    await other.receives(1);
  });

  test("a wrong password is reported, and the right one works immediately", async () => {
    const user = await product.addUser();
    await user.is("watching");
    await change(user, { login_password: "wrong" });
    expect(await user.is("auth_failed")).toMatchObject({ state_reason: "wrong_password" });
    await user.deliver(MAIL);
    await change(user, { login_password: user.password });
    await user.is("watching");
    await user.receives(1);
  });

  test("a user that changes its account gets the new account's mail, and the old one's after it changes back", async () => {
    const user = await product.addUser();
    await user.is("watching");
    await user.deliver(MAIL);
    await user.receives(1);
    const other = {
      login: `${user.tag}-2`,
      password: "other",
      address: `${user.tag}-2@example.com`,
    };
    await product.dovecot.addAccount(other);
    const mail = (subject: string) => MAIL.replaceAll("Hello", subject);
    await change(user, { login_username: other.login, login_password: other.password });
    await product.dovecot.deliver(other.address, mail("Other"));
    await user.receives(2);
    await user.deliver(mail("Meanwhile"));
    await change(user, { login_username: user.login, login_password: user.password });
    const received = await user.receives(3);
    expect(received.map(({ mail: { envelope } }) => envelope["subject"])).toEqual([
      "Hello",
      "Other",
      "Meanwhile",
    ]);
  });

  test("a renamed user keeps its connection, and its mail is delivered under the new tag", async () => {
    const user = await product.addUser();
    await user.is("watching");
    await change(user, { tag: `${user.tag}-renamed` });
    await user.deliver(MAIL);
    const renamed = await product.stack.sink.waitFor(
      ({ path, body }) => path === "/new_mail" && body.includes(`"${user.tag}-renamed"`),
      AbortSignal.timeout(60_000),
    );
    expect(renamed.verified).toBe(true);
  });
});
