import { expect, test } from "vitest";
import { type TestPartner, useEdge } from "../use-edge.ts";

const edge = useEdge();

interface Fields {
  [name: string]: string | number | boolean | null;
}

const LOGIN = { login_username: "ann", login_password: "p" };
const HOST = { ...LOGIN, imap_host: "mail.x.test" };
const TOKEN = { email: "ann@x.test", oauth2_refresh_token: "t" };

/** Creates a user of a new partner. The returned functions change the user and read its account. */
async function newUser(code: string, fields: Fields) {
  const partner = await edge.newPartner();
  const connection = { imap_provider_code: code };
  expect((await partner.call("POST", "/connections", { body: connection })).status).toBe(201);
  const users = `/connections/${code}/users`;
  const created = await partner.call("POST", users, { body: { tag: "X", ...fields } });
  expect(created.status).toBe(201);
  const { query } = edge.stack();
  const [row] = await query(
    "select users.id from users join partner_connections c on c.id = connection_id where partner_id = $1",
    [partner.id],
  );
  const id = String(row?.["id"]);
  return {
    id,
    async put(body: Fields): Promise<void> {
      expect(await partner.call("PUT", `${users}/X`, { body })).toMatchObject({ status: 200 });
    },
    remove: () => partner.call("DELETE", `${users}/X`),
    /** Inserts a cursor, as if the fleet had read the mailbox of the account with this epoch. */
    async read(epoch: number): Promise<void> {
      await query(
        `insert into cursors (user_id, account_epoch, mailbox, uid_validity, last_uid, last_internal_date)
         values ($1, $2, 'INBOX', 1, 1, now())`,
        [id, epoch],
      );
    },
    async account() {
      const [found] = await query(
        `select account_epoch as epoch, watch_from, watch_from = credentials_at as is_from_now, change_seq
         from users left join user_accounts on user_id = id and epoch = account_epoch where id = $1`,
        [id],
      );
      return found ?? {};
    },
    audit: () => query("select actor, action from audit_log where subject_id = $1", [id]),
    partner,
  };
}

const toActor = ({ id }: TestPartner) => `partner:${id}`;

const same: [what: string, code: string, fields: Fields, change: Fields][] = [
  ["another password", "PLAIN", LOGIN, { login_password: "q" }],
  ["the same login name", "PLAIN", LOGIN, LOGIN],
  ["another tag", "PLAIN", LOGIN, { tag: "x" }],
  ["another address beside a login name", "PLAIN", LOGIN, { email: "new@x.test" }],
  ["another refresh token", "GMAIL_OAUTH2", TOKEN, { oauth2_refresh_token: "u" }],
  ["the address in another case", "GMAIL_OAUTH2", TOKEN, { email: "Ann@X.test" }],
  ["a host in another case", "IMAP", HOST, { imap_host: "Mail.X.test", login_password: "q" }],
];

test.each(same)(
  "a user stays the account that it is with %s",
  async (_what, code, fields, change) => {
    const user = await newUser(code, fields);
    await user.read(0);
    await user.put(change);
    expect(await user.account()).toMatchObject({ epoch: 0, watch_from: null });
    expect(await user.audit()).toEqual([]);
  },
);

const others: [what: string, code: string, fields: Fields, change: Fields, isFromNow: boolean][] = [
  ["another login name", "PLAIN", LOGIN, { login_username: "bob" }, true],
  ["the login name in another case", "PLAIN", LOGIN, { login_username: "Ann" }, true],
  ["another address", "GMAIL_OAUTH2", TOKEN, { email: "bob@x.test" }, true],
  ["another host", "IMAP", HOST, { imap_host: "imap.x.test" }, false],
  ["another port", "IMAP", HOST, { imap_port: 143 }, false],
];

test.each(others)(
  "a user becomes another account by %s",
  async (_what, code, fields, change, isFromNow) => {
    const user = await newUser(code, fields);
    await user.read(0);
    const before = await user.account();
    await user.put(change);
    const after = await user.account();
    expect(after).toMatchObject({ epoch: 1, is_from_now: isFromNow });
    expect(Number(after["change_seq"])).toBeGreaterThan(Number(before["change_seq"]));
    const actor = toActor(user.partner);
    expect(await user.audit()).toEqual([{ actor, action: "user.account_changed" }]);
  },
);

test("a user that was never read is watched since its creation, whatever its account", async () => {
  const user = await newUser("PLAIN", LOGIN);
  await user.put({ login_username: "bob" });
  expect(await user.account()).toMatchObject({ epoch: 1, watch_from: null });
});

test("the first account of a user has the epoch 0, whenever it is given", async () => {
  const user = await newUser("GMAIL_OAUTH2", {});
  await user.put(TOKEN);
  expect(await user.account()).toMatchObject({ epoch: 0, watch_from: null });
});

test("an account that is cleared and given again is the same", async () => {
  const user = await newUser("GMAIL_OAUTH2", TOKEN);
  await user.read(0);
  await user.put({ oauth2_refresh_token: null });
  await user.put({ email: null });
  await user.put(TOKEN);
  expect(await user.account()).toMatchObject({ epoch: 0, watch_from: null });
  await user.put({ oauth2_refresh_token: null, email: null });
  await user.put({ ...TOKEN, email: "bob@x.test" });
  expect(await user.account()).toMatchObject({ epoch: 1, is_from_now: true });
  await user.put({ oauth2_refresh_token: null, email: null });
  await user.put(TOKEN);
  expect(await user.account()).toMatchObject({ epoch: 0, is_from_now: false });
});

test("a user that is archived and restored is the same account", async () => {
  const user = await newUser("PLAIN", LOGIN);
  await user.read(0);
  await user.remove();
  await user.put({ archived: false });
  expect(await user.account()).toMatchObject({ epoch: 0, watch_from: null });
  await user.remove();
  await user.put({ archived: false, login_username: "bob" });
  expect(await user.account()).toMatchObject({ epoch: 1, is_from_now: true });
});
