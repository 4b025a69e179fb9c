import { title } from "./on-page.ts";
import type { AdminPages } from "./use-admin-pages.ts";

let made = 0;

/** Creates a partner with a unique name, and opens the partner's page. */
export async function onPartner(pages: AdminPages) {
  const name = `Partner ${++made}`;
  const partner = { ...(await pages.stack().newPartner({ name })), name };
  const { page } = await pages.openAdminPage(`/admin/partners/${partner.id}`);
  await title(page, partner.name).waitFor();
  return { page, partner };
}
