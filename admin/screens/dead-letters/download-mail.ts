import { api, readBlob } from "../../api/client.ts";

/**
 * Makes the browser save the mail of a letter as an .eml file. Rejects when the letter has no mail.
 */
export async function downloadMail(id: string): Promise<void> {
  const file = await readBlob(api["dead-letters"][":id"].eml.$get({ param: { id } }));
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = `${id}.eml`;
  link.click();
  URL.revokeObjectURL(address);
}
