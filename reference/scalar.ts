import { createHash } from "node:crypto";
import fastifyApiReference from "@scalar/fastify-api-reference";
import type { Plugin } from "vite";

const PAGE = "/reference/index.html";

/**
 * Adds Scalar to the API reference, as a file of its own. Scalar's package for Fastify brings it built, without the 280
 * packages that it is built from (docs/decisions/009).
 */
export function scalar(): Plugin {
  const source = builtScalar();
  const hash = createHash("sha256").update(source).digest("base64url").slice(0, 8);
  const fileName = `docs/assets/scalar-${hash}.js`;
  return {
    name: "scalar",
    apply: "build",
    buildStart() {
      this.emitFile({ type: "asset", fileName, source });
    },
    transformIndexHtml: {
      order: "post",
      handler: (_html, { path }) =>
        path === PAGE
          ? // Before the page's own script, which is a module and so runs after it.
            [
              {
                tag: "script",
                attrs: { src: `/${fileName}`, defer: true },
                injectTo: "head-prepend",
              },
            ]
          : [],
    },
  };
}

/** Zod, which is in it, would try whether it may evaluate text, and the browser would report a breach of the policy. */
const WITHOUT_EVAL = "globalThis.__zod_globalConfig = { jitless: true };\n";

interface Route {
  url: string;
  handler(request: unknown, reply: Reply): unknown;
}
interface Reply {
  header(name: string, value: string): Reply;
  send(body: unknown): unknown;
}

/** Registers the plugin as Fastify does, and asks the route of the script for its body. */
function builtScalar(): string {
  const routes: Route[] = [];
  const fastify = { route: (route: Route) => routes.push(route), hasPlugin: () => false };
  fastifyApiReference(fastify, { configuration: { url: "/" } }, () => undefined);
  const route = routes.find(({ url }) => url.endsWith("/js/scalar.js"));
  const reply: Reply = { header: () => reply, send: (body) => body };
  const source = route?.handler({}, reply);
  if (typeof source !== "string") {
    throw new Error("Cannot build the API reference: Scalar's package has no script");
  }
  return WITHOUT_EVAL + source;
}
