import { html, raw } from "hono/html";
import { fieldsTable } from "./docs-fields.ts";
import {
  operationSection,
  operationsOf,
  operationTitle,
  type ShownOperation,
} from "./docs-operation.ts";
import { STYLE } from "./docs-style.ts";
import type { OpenApiDocument } from "./document.ts";

/** The pages built so far. */
const pages = new WeakMap<OpenApiDocument, { text: string; policy: string }>();

/** Renders the OpenAPI document as one HTML page that loads nothing. It is built once. */
export async function docsPage(document: OpenApiDocument): Promise<Response> {
  const { text, policy } = pages.get(document) ?? (await buildPage(document));
  pages.set(document, { text, policy });
  return new Response(text, {
    headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": policy },
  });
}

async function buildPage(document: OpenApiDocument): Promise<{ text: string; policy: string }> {
  const { info, components } = document;
  const groups = Map.groupBy(operationsOf(document), ({ tag }) => tag);
  const schemas = Object.entries(components.schemas ?? {});
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${info.title} API</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <nav aria-label="Contents">${contents(groups, schemas)}</nav>
        <main>
          <h1>${info.title} API</h1>
          <p>${info.description}</p>
          ${INTRODUCTION}
          ${[...groups].map(
            ([tag, operations]) =>
              html`<h2>${tag}</h2>
                ${operations.map((operation) => operationSection(operation, document))}`,
          )}
          <h2>Schemas</h2>
          ${schemas.map(
            ([name, schema]) =>
              html`<h3 id="${name}"><a href="#${name}">${name}</a></h3>
                <p>${"description" in schema ? schema.description : ""}</p>
                ${fieldsTable(schema)}`,
          )}
        </main>
      </body>
    </html>`;
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${await sha256(STYLE)}'`,
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ];
  return { text: String(page), policy: policy.join("; ") };
}

const contents = (
  groups: ReadonlyMap<string, readonly ShownOperation[]>,
  schemas: readonly [string, unknown][],
) =>
  html`${[...groups].map(
      ([tag, operations]) =>
        html`<strong>${tag}</strong>
          <ul>
            ${operations.map(
              (shown) =>
                html`<li><a href="#${shown.anchor}">${operationTitle(briefly(shown))}</a></li>`,
            )}
          </ul>`,
    )}<strong>Schemas</strong>
    <ul>
      ${schemas.map(([name]) => html`<li><a href="#${name}">${name}</a></li>`)}
    </ul>`;

const briefly = ({ method, path }: ShownOperation) => ({
  method,
  path: path.replace(/^\/api\/v1/, ""),
});

const INTRODUCTION = html`<p>
    Send your key in the header <code>x-api-key</code>. Bodies may be JSON or forms; an absent field
    stays as it is. For machines: <a href="/api/v1/openapi.json">OpenAPI 3.1</a>.
  </p>
  <table>
    <tr>
      <td>Errors</td>
      <td>
        <code>application/problem+json</code> with a <code>code</code> that never changes its
        meaning, and a JSON Pointer to each wrong field: <a href="#Problem">Problem</a>.
      </td>
    </tr>
    <tr>
      <td>Lists</td>
      <td>
        Bare arrays, in pages: follow the header <code>Link</code> with <code>rel="next"</code>.
      </td>
    </tr>
    <tr>
      <td>Idempotent requests</td>
      <td>
        A write with the same <code>Idempotency-Key</code> is done once, and gets the same answer
        for 24 hours.
      </td>
    </tr>
    <tr>
      <td>Versions</td>
      <td>
        Users and connections have an <code>ETag</code>: send it as <code>If-Match</code>, and the
        change fails if someone else was faster.
      </td>
    </tr>
    <tr>
      <td>Too many requests</td>
      <td>429 with <code>Retry-After</code>. Each partner has its own limit.</td>
    </tr>
    <tr>
      <td>Request ids</td>
      <td>
        Each answer has an <code>x-request-id</code>: yours, if you sent one, or ours. Quote it when
        you ask us about a request.
      </td>
    </tr>
  </table>`;

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toBase64();
}
