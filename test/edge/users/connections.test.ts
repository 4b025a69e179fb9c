import { expect, test } from "vitest";
import { useEdge, userPath, USERS } from "../use-edge.ts";

const edge = useEdge();

test("a partner creates, lists, shows, changes and removes a connection", async () => {
  const { call } = await edge.newPartner();
  expect(await call("GET", "/connections")).toMatchObject({ status: 200, body: [] });

  const created = await call("POST", "/connections", { body: { imap_provider_code: "PLAIN" } });
  const shown = { imap_provider_code: "PLAIN", users_count: 0 };
  expect(created).toMatchObject({ status: 201, body: shown });
  expect(created.headers.get("location")).toBe(`${edge.stack().url}/api/v1/connections/PLAIN`);

  expect((await call("GET", "/connections")).body).toEqual([shown]);
  expect((await call("GET", "/connections/PLAIN")).body).toEqual(shown);
  expect(await call("PUT", "/connections/PLAIN")).toMatchObject({ status: 200, body: shown });
  expect((await call("DELETE", "/connections/PLAIN")).status).toBe(202);
  expect((await call("GET", "/connections/PLAIN")).status).toBe(404);
  expect((await call("DELETE", "/connections/PLAIN")).status).toBe(404);
});

test("users_count counts archived users too", async () => {
  const { call } = await edge.connectedPartner();
  for (const tag of ["a", "b"]) await call("POST", USERS, { body: { tag } });
  await call("DELETE", userPath("a"));
  const counted = { imap_provider_code: "PLAIN", users_count: 2 };
  expect((await call("GET", "/connections/PLAIN")).body).toEqual(counted);
  expect((await call("GET", "/connections")).body).toEqual([counted]);
  expect((await call("PUT", "/connections/PLAIN")).body).toEqual(counted);
});

test("a connection that exists is a conflict, also when many create it at once", async () => {
  const { call } = await edge.newPartner();
  const request = { body: { imap_provider_code: "PLAIN" } };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => call("POST", "/connections", request)),
  );
  const statuses = answers.map((answer) => answer.status).toSorted();
  expect(statuses).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  expect(answers.find((answer) => answer.status === 409)?.body).toMatchObject({
    code: "conflict",
    errors: [{ pointer: "/imap_provider_code" }],
  });
});

test("an unknown provider is a wrong field in a body and not found in a path", async () => {
  const { call } = await edge.newPartner();
  const refused = await call("POST", "/connections", { body: { imap_provider_code: "NOPE" } });
  expect(refused).toMatchObject({
    status: 422,
    body: { code: "invalid-input", errors: [{ pointer: "/imap_provider_code" }] },
  });
  for (const code of ["NOPE", "plain", "PL%00AIN", "%FF", "%ED%A0%80"]) {
    for (const method of ["GET", "PUT", "DELETE"]) {
      expect(await call(method, `/connections/${code}`)).toMatchObject({
        status: 404,
        body: { code: "not-found" },
      });
    }
  }
});

test("a connection to a disabled provider is refused with the reason", async () => {
  const { call } = await edge.newPartner();
  await edge.stack().query(
    `insert into imap_providers (id, code, title, kind, enabled, imap_host, imap_port, imap_security)
     values ('prv_off', 'OFF', 'Off', 'oauth1', false, 'imap.test', 993, 'tls')`,
  );
  expect(await call("POST", "/connections", { body: { imap_provider_code: "OFF" } })).toMatchObject(
    {
      status: 422,
      body: {
        errors: [{ pointer: "/imap_provider_code", detail: "is a provider that is switched off" }],
      },
    },
  );
});

test("an OAuth 2 connection shows its client id, and its secret is sealed and never shown", async () => {
  const { call, id } = await edge.newPartner();
  const created = await call("POST", "/connections", {
    body: {
      imap_provider_code: "GMAIL_OAUTH2",
      oauth2_client_id: "client-1",
      oauth2_client_secret: "hunter2",
    },
  });
  expect(created).toMatchObject({ status: 201, body: { oauth2_client_id: "client-1" } });

  const rows = () =>
    edge.stack().query("select * from partner_connections where partner_id = $1", [id]);
  const [row] = await rows();
  expect(JSON.stringify(row)).not.toContain("hunter2");
  const secretRow = `partner_connections/${String(row?.["id"])}/oauth2_client_secret` as const;
  const sealed = String(row?.["sealed_oauth2_client_secret"]);
  expect(await edge.stack().vaults.partner.open(secretRow, sealed)).toBe("hunter2");

  const path = "/connections/GMAIL_OAUTH2";
  const changed = await call("PUT", path, {
    body: "oauth2_client_id=client-2&oauth2_client_secret=",
  });
  expect(changed).toMatchObject({ status: 415 });
  const form = { "content-type": "application/x-www-form-urlencoded" };
  expect(
    await call("PUT", path, {
      body: "oauth2_client_id=client-2&oauth2_client_secret=",
      headers: form,
    }),
  ).toMatchObject({ status: 200, body: { oauth2_client_id: "client-2" } });
  expect(await rows()).toMatchObject([{ sealed_oauth2_client_secret: null }]);
  expect((await call("GET", path)).text).not.toContain("secret");
});

test("users of a connection are read again when its client's secret is corrected, and not otherwise", async () => {
  const { call, id } = await edge.newPartner();
  const client = { oauth2_client_id: "client-1", oauth2_client_secret: "hunter1" };
  const body = { imap_provider_code: "GMAIL_OAUTH2", ...client };
  await call("POST", "/connections", { body });
  const path = "/connections/GMAIL_OAUTH2";
  expect(await call("POST", `${path}/users`, { body: { tag: "ann" } })).toMatchObject({
    status: 201,
  });
  const seq = async () => {
    const [row] = await edge.stack().query(
      `select users.change_seq, connections.client_at from users
         join partner_connections connections on connections.id = users.connection_id
         where connections.partner_id = $1`,
      [id],
    );
    return row;
  };
  const before = await seq();
  expect(await call("PUT", path, { body: { oauth2_client_id: "client-1" } })).toMatchObject({
    status: 200,
  });
  expect(await seq()).toEqual(before);
  await call("PUT", path, { body: { oauth2_client_secret: "hunter2" } });
  const after = await seq();
  expect(Number(after?.["change_seq"])).toBeGreaterThan(Number(before?.["change_seq"]));
  expect(after?.["client_at"]).not.toEqual(before?.["client_at"]);
});

test("a plain connection takes no OAuth fields", async () => {
  const { call } = await edge.connectedPartner();
  const fields = { oauth2_client_id: "x", oauth2_client_secret: "hunter2" };
  const errors = [{ pointer: "/oauth2_client_id" }, { pointer: "/oauth2_client_secret" }];
  const put = await call("PUT", "/connections/PLAIN", { body: fields });
  expect(put).toMatchObject({ status: 422, body: { errors } });
  expect(put.text).not.toContain("hunter2");
});
