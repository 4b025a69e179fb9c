import { once } from "node:events";
import { createServer } from "node:http";
import { HOST, readPort } from "../../dev/stack/ports.ts";

/**
 * The partner's website. The connect pages return the browser to its `success` or `failure` page.
 */
export interface PartnerSite extends AsyncDisposable {
  origin: string;
  success: string;
  failure: string;
}

const TITLES: Readonly<Record<string, string>> = { "/ok": "All done", "/failed": "That failed" };

export async function startPartnerSite(): Promise<PartnerSite> {
  const server = createServer(({ url = "" }, response) => {
    const title = TITLES[new URL(url, "http://site").pathname];
    const status = title === undefined ? 404 : 200;
    response
      .writeHead(status, { "content-type": "text/html" })
      .end(`<!doctype html><title>${title}</title>`);
  });
  server.listen(0, HOST);
  await once(server, "listening");
  const origin = `http://${HOST}:${readPort(server)}`;
  return {
    origin,
    success: `${origin}/ok?from=test`,
    failure: `${origin}/failed?from=test`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
