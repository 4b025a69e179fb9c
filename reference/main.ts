import type { ApiReferenceConfiguration } from "@scalar/fastify-api-reference";
import style from "./style.css?inline";

/** Defined by Scalar's script, which runs before this script. */
declare const Scalar: {
  createApiReference(selector: string, configuration: Partial<ApiReferenceConfiguration>): void;
};

Scalar.createApiReference("#reference", {
  url: "/api/v1/openapi.json",
  // The page's policy allows no other server.
  servers: [{ url: location.origin }],
  customCss: style,
  withDefaultFonts: false,
  authentication: { preferredSecurityScheme: "header" },
  // An API key that was entered is forgotten when the page is closed.
  persistAuth: false,
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  documentDownloadType: "direct",
  // Scalar's own services, which would send the document or the visit to other servers.
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: "never",
});
