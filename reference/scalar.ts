import { createHash } from "node:crypto";
import fastifyApiReference from "@scalar/fastify-api-reference";
import type { Plugin } from "vite";

const PAGE = "/reference/index.html";

/**
 * A plugin that adds Scalar's script to the API reference, as a separate file. Scalar's package for
 * Fastify contains the built script. Thus the 280 packages from which it is built are not needed
 * (docs/decisions/009).
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
          ? // Placed before the page's own script: deferred scripts and modules run in order.
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
 * Put before Scalar's script. Zod, a part of this script, would otherwise test whether it may
 * evaluate text as code, and the browser would report a violation of the policy.
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
 * Returns Scalar's script: registers the package's plugin as Fastify does, and calls the handler of
 * the script's route.
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
