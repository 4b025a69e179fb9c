import { html, raw } from "hono/html";
import type { OpenApiDocument } from "./document.ts";

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
body { color: #1a1a1a; background: #fff; }
h2 { margin-top: 2.5rem; } h3 { margin: 1rem 0 0; }
code, pre { font: 14px/1.5 ui-monospace, monospace; }
pre { background: #f4f4f5; padding: .75rem; overflow: auto; }
table { border-collapse: collapse; } td { padding: .1rem 1rem .1rem 0; vertical-align: top; }
@media (prefers-color-scheme: dark) {
  body { color: #e5e5e5; background: #18181b; } a { color: #93c5fd; } pre { background: #27272a; }
}`;

/** The OpenAPI document for people to read, in one page that loads nothing. */
export async function docsPage(document: OpenApiDocument): Promise<Response> {
  const { info, components } = document;
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${info.title} API</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <h1>${info.title} API</h1>
        <p>${info.description}</p>
        <p>
          Send your key in the header <code>x-api-key</code>. Bodies may be JSON or forms. Errors
          are <code>application/problem+json</code>. For machines:
          <a href="/api/v1/openapi.json">OpenAPI 3.1</a>.
        </p>
        ${operationsOf(document).map(operationSection)}
        <h2>Schemas</h2>
        ${Object.entries(components.schemas ?? {}).map(
          ([name, schema]) =>
            html`<h3 id="${name}">${name}</h3>
              <pre>${JSON.stringify(schema, null, 2)}</pre>`,
        )}
      </body>
    </html>`;
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${await sha256(STYLE)}'`,
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ];
  return new Response(String(page), {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy.join("; "),
    },
  });
}

const METHODS = ["get", "post", "put", "delete"] as const;

function operationsOf(document: OpenApiDocument) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [{ title: `${method.toUpperCase()} ${path}`, operation, document }] : [];
    }),
  );
}

function operationSection({ title, operation, document }: ReturnType<typeof operationsOf>[number]) {
  const { summary, description, parameters = [], requestBody, responses } = operation;
  const body = requestBody && "content" in requestBody ? requestBody.content : {};
  return html`<h2><code>${title}</code></h2>
    <p>${summary}. ${description}</p>
    <table>
      ${parameters.map((parameter) =>
        "name" in parameter
          ? row(`${parameter.name} (${parameter.in})`, parameter.description)
          : "",
      )}
      ${"application/json" in body ? row("body", schemaLink(body["application/json"]?.schema)) : ""}
      ${Object.entries(responses).map(([status, answer]) => {
        if (!("$ref" in answer)) {
          const schema = answer.content?.["application/json"]?.schema;
          return row(status, html`${answer.description} ${schemaLink(schema)}`);
        }
        const named = document.components?.responses?.[answer.$ref.split("/").at(-1) ?? ""];
        return row(status, named && "description" in named ? named.description : "");
      })}
    </table>`;
}

/** A link to the named schema, also where it is that of a list's items; other schemas whole. */
function schemaLink(schema: object | undefined): unknown {
  if (schema === undefined) return "";
  if ("$ref" in schema) {
    const name = String(schema.$ref).split("/").at(-1);
    return html`<a href="#${name}">${name}</a>`;
  }
  if ("items" in schema && typeof schema.items === "object" && schema.items !== null) {
    return html`List of ${schemaLink(schema.items)}`;
  }
  return html`<pre>${JSON.stringify(schema, null, 2)}</pre>`;
}

const row = (name: string, text: unknown = "") =>
  html`<tr>
    <td><code>${name}</code></td>
    <td>${text}</td>
  </tr>`;

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toBase64();
}
