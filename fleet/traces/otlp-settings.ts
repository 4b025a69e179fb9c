import * as v from "valibot";
import { isDecodable } from "../../shared/mail/is-decodable.ts";

const HEADERS_MESSAGE = "must be name=value, percent-encoded, separated by commas";

/**
 * Parses `OTEL_EXPORTER_OTLP_HEADERS`. Its format is that of the W3C header `baggage`, without
 * properties: `name=value,name=value`.
 *
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export const otlpHeaders = v.pipe(
  v.string(),
  v.regex(/^([\w-]+=[^,\s]*(,[\w-]+=[^,\s]*)*)?$/, HEADERS_MESSAGE),
  v.check(isDecodable, HEADERS_MESSAGE),
  v.transform((text) => Object.fromEntries(text.split(",").filter(Boolean).map(parsePair))),
);

/** Parses a share from 0 to 1. */
export const share = v.pipe(
  v.string(),
  v.regex(/^(0|1|[01]\.0{1,9}|0?\.\d{1,9})$/, "must be a number from 0 to 1"),
  v.transform(Number),
);

function parsePair(text: string): [name: string, value: string] {
  const at = text.indexOf("=");
  return [text.slice(0, at), decodeURIComponent(text.slice(at + 1))];
}
