import type { ApiReferenceConfiguration } from "@scalar/fastify-api-reference";
import style from "./style.css?inline";

/**
 * Scalar renders the API reference. Its script defines this global, and runs before this script.
 */
declare const Scalar: {
  createApiReference(selector: string, configuration: Partial<ApiReferenceConfiguration>): void;
};

Scalar.createApiReference("#reference", {
  url: "/api/v1/openapi.json",
  // Requests go to this server. The page's Content-Security-Policy allows no other server.
  servers: [{ url: location.origin }],
  customCss: style,
  withDefaultFonts: false,
  authentication: { preferredSecurityScheme: "header" },
  // Do not store the API key that a person enters. When the page is closed, the key is gone.
  persistAuth: false,
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  documentDownloadType: "direct",
  // Turn off Scalar's own services. They would send the document, or data about the visit, to other
  // servers.
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: "never",
});
