import { type Address, parseAddressList } from "./address-list.ts";
import { type HeaderField, headerValue } from "./header.ts";
import { imapString, imapStringOrNil } from "../sessions/wire.ts";

/**
 * Returns the ENVELOPE of a message (RFC 3501, section 7.4.2), with header values that are not
 * decoded.
 */
export function formatEnvelope(fields: readonly HeaderField[]): string {
  const text = (name: string) => imapStringOrNil(headerValue(fields, name));
  const from = formatAddresses(fields, "from");
  const orFrom = (addresses: string) => (addresses === "NIL" ? from : addresses);
  const parts = [
    text("date"),
    text("subject"),
    from,
    orFrom(formatAddresses(fields, "sender")),
    orFrom(formatAddresses(fields, "reply-to")),
    formatAddresses(fields, "to"),
    formatAddresses(fields, "cc"),
    formatAddresses(fields, "bcc"),
    text("in-reply-to"),
    text("message-id"),
  ];
  return `(${parts.join(" ")})`;
}

function formatAddresses(fields: readonly HeaderField[], name: string): string {
  const values = fields.filter((field) => field.name === name).map((field) => field.value);
  const addresses = values.flatMap(parseAddressList);
  return addresses.length === 0 ? "NIL" : `(${addresses.map(formatAddress).join("")})`;
}

function formatAddress(address: Address): string {
  switch (address.kind) {
    case "group-start":
      return `(NIL NIL ${imapString(address.name)} NIL)`;
    case "group-end":
      return "(NIL NIL NIL NIL)";
    case "mailbox": {
      const { name, route, local, host } = address;
      return `(${imapStringOrNil(name)} ${imapStringOrNil(route)} ${imapString(local)} ${imapString(host)})`;
    }
  }
}
