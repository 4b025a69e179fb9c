import * as v from "valibot";
import { expect, test } from "vitest";
import { insertLetter } from "../../edge/webhooks/insert-letter.ts";
import { newTrafficUser, type TrafficUser } from "./traffic-rows.ts";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const stack = () => admin.stack();

const page = v.object({ letters: v.array(v.looseObject({ id: v.string() })) });

async function newReader() {
  const { browser } = await admin.signedIn();
  const user = await newTrafficUser(stack());
  const listIds = async (asked: string) => {
    const { body } = await browser.call("GET", `/dead-letters?${asked}`);
    return v.parse(page, body).letters.map(({ id }) => id);
  };
  return { browser, user, listIds };
}

const addLetter = ({ partnerId }: TrafficUser, values = {}) =>
  insertLetter(stack(), { id: partnerId }, values);

test("selected letters are counted, and grouped by partner and reason", async () => {
  const { browser, user } = await newReader();
  const refused = "the endpoint answered 410";
  for (const lastError of [refused, refused, undefined]) {
    await addLetter(user, { ...(lastError && { lastError }), diedAt: "2026-11-22T10:00:00.000Z" });
  }
  await addLetter(user, { lastError: refused, redeliveredAt: "2026-11-22T11:00:00.000Z" });
  const ask = async (path: string) =>
    (await browser.call("GET", `/dead-letters/${path}partner_id=${user.partnerId}`)).body;
  expect(await ask("counts?error=410&")).toEqual({ waiting: 2, requested: 0, redelivered: 1 });
  expect(await ask("counts?state=redelivered&")).toMatchObject({ waiting: 0, redelivered: 1 });
  const owner = { partner_id: user.partnerId, partner_name: user.partnerName };
  const last_died_at = "2026-11-22T10:00:00.000Z";
  const one = { ...owner, last_died_at, last_error: refused, letters: 2 };
  const other = { ...one, last_error: "the endpoint answered 500", letters: 1 };
  expect(await ask("groups?")).toEqual({ groups: [one, other] });
  expect(await ask("groups?error=500&")).toEqual({ groups: [other] });
});

test.each(["counts", "groups"])("%s refuse what the list refuses", async (what) => {
  const { browser } = await newReader();
  expect(
    await browser.call("GET", `/dead-letters/${what}?user_id=x&died_after=today`),
  ).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: "/user_id" }, { pointer: "/died_after" }] },
  });
});

test("letters selected by id are redelivered or deleted, whatever their partner", async () => {
  const { browser, user, listIds } = await newReader();
  const other = await newTrafficUser(stack());
  const [one, two, kept] = [await addLetter(user), await addLetter(other), await addLetter(other)];
  const send = (what: string, body: object) =>
    browser.call("POST", `/dead-letters/${what}`, { body });
  expect(await send("redeliver", { ids: [one, two] })).toMatchObject({ body: { requested: 2 } });
  expect(await listIds(`partner_id=${other.partnerId}&state=requested`)).toEqual([two]);
  expect(await send("delete", { ids: [one, two], partner_id: user.partnerId })).toMatchObject({
    body: { deleted: 1 },
  });
  expect(await send("delete", { ids: [two] })).toMatchObject({ body: { deleted: 1 } });
  expect(await listIds(`partner_id=${other.partnerId}`)).toEqual([kept]);
});

test.each([
  ["nothing", [], "/ids"],
  ["what is no id", ["%00"], "/ids/0"],
  ["numbers", [1], "/ids/0"],
  ["one text", "evt_1", "/ids"],
  ["more than a page", Array.from({ length: 201 }, (_, at) => `evt_${at}`), "/ids"],
])("letters are not named by %s", async (_what, ids, pointer) => {
  const { browser } = await newReader();
  expect(await browser.call("POST", "/dead-letters/redeliver", { body: { ids } })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer }] },
  });
});
