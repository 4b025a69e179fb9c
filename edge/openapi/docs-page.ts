import { html, raw } from "hono/html";
import type { OpenApiDocument } from "./document.ts";

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
body { color: #1a1a1a; background: #fff; }
h2 { margin-top: 2.5rem; } h3 { margin-bottom: 0; } code, pre { font: 14px/1.5 ui-monospace, monospace; }
pre { background: #f4f4f5; padding: .75rem; overflow: auto; } summary { cursor: pointer; }
table { border-collapse: collapse; } td { padding: .1rem 1rem .1rem 0; vertical-align: top; }
@media (prefers-color-scheme: dark) { body { color: #e5e5e5; background: #18181b; } pre { background: #27272a; } }
`;

type Operation = NonNullable<NonNullable<OpenApiDocument["paths"][string]>["get"]>;

/** The OpenAPI document for people to read, in one page that loads nothing. */
export async function docsPage(document: OpenApiDocument): Promise<Response> {
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${document.info.title} API</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <h1>${document.info.title} API</h1>
        <p>${document.info.description}</p>
        <p>
          Send your key in the header <code>x-api-key</code>. Bodies may be JSON or forms. Errors
          are <code>application/problem+json</code>. The same as
          <a href="/api/v1/openapi.json">an OpenAPI 3.1 document</a>.
        </p>
        ${operationsOf(document).map(({ method, path, operation }) => section(method, path, operation))}
        <h2>Problem</h2>
        ${json(document.components?.schemas?.["Problem"])}
      </body>
    </html>`;
  return new Response(String(page), {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; style-src 'sha256-${await sha256(STYLE)}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    },
  });
}

const METHODS = ["get", "post", "put", "delete"] as const;

function operationsOf(document: OpenApiDocument) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item?.[method];
      return operation ? [{ method: method.toUpperCase(), path, operation }] : [];
    }),
  );
}

function section(method: string, path: string, operation: Operation) {
  const { summary, description, parameters = [], requestBody, responses = {} } = operation;
  const body = requestBody && "content" in requestBody ? requestBody.content : undefined;
  return html`<h2><code>${method} ${path}</code></h2>
    <p>${summary}. ${description}</p>
    ${
      parameters.length > 0
        ? html`<h3>Parameters</h3>
            <table>
              ${parameters.map((parameter) => "name" in parameter && row(`${parameter.name} (${parameter.in})`, parameter.description))}
            </table>`
        : ""
    }
    ${
      body
        ? html`<h3>Body</h3>
            ${json(body["application/json"]?.schema)}`
        : ""
    }
    <h3>Answers</h3>
    <table>
      ${Object.entries(responses).map(([status, answer]) => "description" in answer && row(status, answer.description))}
    </table>
    ${Object.entries(responses).map(([status, answer]) => {
      const schema = "content" in answer && answer.content?.["application/json"]?.schema;
      return schema
        ? html`<details>
            <summary>${status} as JSON Schema</summary>
            ${json(schema)}
          </details>`
        : "";
    })}`;
}

const row = (name: string, text = "") =>
  html`<tr>
    <td><code>${name}</code></td>
    <td>${text}</td>
  </tr>`;

const json = (value: unknown) => html`<pre>${JSON.stringify(value, null, 2)}</pre>`;

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toBase64();
}
