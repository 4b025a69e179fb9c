import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import type { StaticFiles } from "../settings.ts";
import { chooseEncoding, compress, type Encoding, isCompressible } from "./compression.ts";

/** The files that Vite has built, in memory. */
export interface BuiltPages {
  /** The binding through which the app gets the HTML pages. */
  binding: StaticFiles;
  /**
   * Answers a request for a file whose name contains a hash of its content. Undefined for any other
   * path: the app answers those.
   */
  answerAsset(path: string, acceptEncoding: string | undefined): Promise<Response> | undefined;
}

interface PageFile {
  bytes: Buffer<ArrayBuffer>;
  type: string;
  /** Filled as the encodings are requested. */
  compressed: Partial<Record<Encoding, Promise<Uint8Array>>>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};
/** A file with the headers of some paths, which Cloudflare reads, too. */
const HEADERS_FILE = "/_headers";

/** Loads the built pages. Returns undefined when they were not built. */
export async function loadBuiltPages(folder: string): Promise<BuiltPages | undefined> {
  const files = await loadFiles(folder).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!files) return undefined;
  const rules = readHeaderRules(files.get(HEADERS_FILE)?.bytes.toString() ?? "");
  return {
    binding: {
      fetch(url) {
        const file = files.get(new URL(url).pathname);
        return Promise.resolve(
          file ? new Response(file.bytes) : new Response(null, { status: 404 }),
        );
      },
    },
    answerAsset(path, acceptEncoding) {
      const rule = rules.find(({ prefix }) => path.startsWith(prefix));
      const file = files.get(path);
      return rule && file && toAnswer(file, rule.headers, acceptEncoding);
    },
  };
}

async function loadFiles(folder: string): Promise<Map<string, PageFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const loaded = entries
    .filter((entry) => entry.isFile())
    .map(async (entry): Promise<[string, PageFile]> => {
      const file = join(entry.parentPath, entry.name);
      const path = `/${relative(folder, file).replaceAll(sep, "/")}`;
      const type = TYPES[extname(file)] ?? "application/octet-stream";
      return [path, { bytes: await readFile(file), type, compressed: {} }];
    });
  return new Map(await Promise.all(loaded));
}

interface HeaderRule {
  prefix: string;
  headers: Record<string, string>;
}

/**
 * Reads a `_headers` file: a path that ends with `*`, and below it indented headers
 * (developers.cloudflare.com/workers/static-assets/headers).
 */
function readHeaderRules(text: string): HeaderRule[] {
  const rules: HeaderRule[] = [];
  for (const line of text.split("\n")) {
    const [, name, value = ""] = /^\s+([\w-]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined) Object.assign(rules.at(-1)?.headers ?? {}, { [name]: value });
    else if (line !== "") rules.push({ prefix: line.replace(/\*$/, ""), headers: {} });
  }
  return rules;
}

async function toAnswer(
  file: PageFile,
  rule: Readonly<Record<string, string>>,
  acceptEncoding: string | undefined,
): Promise<Response> {
  const headers = new Headers({ ...rule, "content-type": file.type });
  if (!isCompressible(file.type, file.bytes.byteLength))
    return new Response(file.bytes, { headers });
  headers.set("vary", "accept-encoding");
  const encoding = chooseEncoding(acceptEncoding);
  if (encoding === undefined) return new Response(file.bytes, { headers });
  headers.set("content-encoding", encoding);
  const bytes = await (file.compressed[encoding] ??= compress(file.bytes, encoding, "file"));
  return new Response(Buffer.from(bytes), { headers });
}
