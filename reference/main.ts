import type { ApiReferenceConfiguration } from "@scalar/fastify-api-reference";
import style from "./style.css?inline";

/** What the script of Scalar defines, which runs before this one. */
declare const Scalar: {
  createApiReference(selector: string, configuration: Partial<ApiReferenceConfiguration>): void;
};

Scalar.createApiReference("#reference", {
  url: "/api/v1/openapi.json",
  // The policy of the page allows no other.
  servers: [{ url: location.origin }],
  customCss: style,
  withDefaultFonts: false,
  authentication: { preferredSecurityScheme: "header" },
  // A key that was entered is gone with the page.
  persistAuth: false,
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  documentDownloadType: "direct",
  // Services of Scalar's own, which would send the document or the visit elsewhere.
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: "never",
});
