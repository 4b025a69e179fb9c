import * as v from "valibot";

const keptAnswer = v.object({
  /** The fingerprint of the request. */
  fingerprint: v.string(),
  status: v.number(),
  headers: v.record(v.string(), v.string()),
  body: v.nullable(v.string()),
});
export type KeptAnswer = v.InferOutput<typeof keptAnswer>;

/** The headers that are stored with the answer. All other headers are set again for each answer. */
const KEPT_HEADERS = ["content-type", "location", "etag", "retry-after"] as const;

export async function keepAnswer(answer: Response, fingerprint: string): Promise<KeptAnswer> {
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const body = answer.body === null ? null : await answer.clone().text();
  return { fingerprint, status: answer.status, headers: Object.fromEntries(headers), body };
}

export const parseKept = (text: string): KeptAnswer => v.parse(keptAnswer, JSON.parse(text));

export const showKept = ({ status, headers, body }: KeptAnswer) =>
  new Response(body, { status, headers: { ...headers, "idempotency-replayed": "true" } });
