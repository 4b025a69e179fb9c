import { createHash } from "node:crypto";
import fastifyApiReference from "@scalar/fastify-api-reference";
import type { Plugin } from "vite";

const PAGE = "/reference/index.html";

/**
 * A Vite plugin that adds Scalar's script to the API reference, as a separate file. The script
 * comes from Scalar's package for Fastify, which contains it already built. Building it ourselves
 * would need 280 packages (docs/decisions/009).
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
          ? // This must come before the page's own script: both scripts run in document order.
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

/**
 * This line is put before Scalar's script, which contains the library Zod. Without this line, Zod
 * tests whether it may evaluate text as code. The browser would report this test as a violation of
 * the page's Content-Security-Policy.
 */
const WITHOUT_EVAL = "globalThis.__zod_globalConfig = { jitless: true };\n";

interface Route {
  url: string;
  handler(request: unknown, reply: Reply): unknown;
}
interface Reply {
  header(name: string, value: string): Reply;
  send(body: unknown): unknown;
}

/**
 * Returns Scalar's script. The package offers it only as a route for Fastify. So this function
 * registers the package's plugin with a minimal Fastify, and calls the handler of the route.
 */
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
