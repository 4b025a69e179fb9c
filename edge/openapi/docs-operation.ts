import { html } from "hono/html";
import { exampleOf, fieldsTable, prose, row, typeOf } from "./docs-fields.ts";
import type { OpenApiDocument } from "./document.ts";

const METHODS = ["get", "post", "put", "delete"] as const;

type Method = (typeof METHODS)[number];
export interface ShownOperation {
  method: Method;
  path: string;
  /** The operation's anchor in the page. */
  anchor: string;
  tag: string;
  operation: NonNullable<OpenApiDocument["paths"][string][Method]>;
}

export const operationsOf = (document: OpenApiDocument): ShownOperation[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      if (!operation) return [];
      const anchor = `${method}${path.replaceAll(/\W+/g, "-")}`;
      return [{ method, path, anchor, tag: operation.tags?.[0] ?? "Other", operation }];
    }),
  );

export const operationTitle = ({ method, path }: Pick<ShownOperation, "method" | "path">) =>
  html`<span class="method">${method.toUpperCase()}</span> ${path}`;

export function operationSection(shown: ShownOperation, document: OpenApiDocument) {
  const { anchor, operation } = shown;
  const { summary, description, parameters = [], responses } = operation;
  const body = bodyOf(operation);
  return html`<section aria-labelledby="${anchor}">
    <h3 id="${anchor}">
      <a href="#${anchor}"><code>${operationTitle(shown)}</code></a>
    </h3>
    <p>${summary}. ${prose(description)}</p>
    <pre><code>${curlOf(shown, document)}</code></pre>
    ${
      parameters.length === 0
        ? ""
        : html`<h4>Parameters</h4>
            <table>
              ${parameters.map((parameter) =>
                "name" in parameter
                  ? row(
                      html`<code>${parameter.name}</code>
                        <span class="soft">${parameter.in}</span>`,
                      prose(parameter.description) || typeOf(parameter.schema),
                    )
                  : "",
              )}
            </table>`
    }
    ${
      body === undefined
        ? ""
        : html`<h4>Body: ${typeOf(body)}</h4>
            ${fieldsTable(resolved(body, document))}`
    }
    <h4>Answers</h4>
    <table>
      ${Object.entries(responses).map(([status, answer]) =>
        row(html`<code>${status}</code>`, answerText(answer, document)),
      )}
    </table>
  </section>`;
}

type Answer = ShownOperation["operation"]["responses"][string];

function answerText(answer: Answer | undefined, document: OpenApiDocument): unknown {
  if (answer === undefined) return "";
  if ("$ref" in answer) {
    const named = document.components.responses?.[answer.$ref.split("/").at(-1) ?? ""];
    return named && "description" in named ? prose(named.description) : "";
  }
  const schema = answer.content?.["application/json"]?.schema;
  return html`${prose(answer.description)} ${schema === undefined ? "" : typeOf(schema)}`;
}

function bodyOf({ requestBody }: ShownOperation["operation"]): object | undefined {
  if (!requestBody || !("content" in requestBody)) return undefined;
  return requestBody.content["application/json"]?.schema;
}

function resolved(schema: object, { components }: OpenApiDocument): unknown {
  if (!("$ref" in schema)) return schema;
  return components.schemas?.[String(schema.$ref).split("/").at(-1) ?? ""];
}

/** Renders a call with curl, with its required fields. */
function curlOf({ method, path, operation }: ShownOperation, document: OpenApiDocument): string {
  const url = `$EDGE${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => PATH_EXAMPLES[name] ?? "…")}`;
  const verb = method === "get" ? "" : ` -X ${method.toUpperCase()}`;
  const body = bodyOf(operation);
  const lines = [`curl${verb} "${url}" -H "x-api-key: $KEY"`];
  if (body) {
    const example = exampleOf(body, document.components.schemas ?? {});
    lines.push(`-H 'content-type: application/json'`, `-d '${JSON.stringify(example)}'`);
  }
  return lines.join(" \\\n  ");
}

const PATH_EXAMPLES: Readonly<Record<string, string>> = { code: "PLAIN", tag: "customer-17" };
