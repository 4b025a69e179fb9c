import { join } from "node:path";
import { defineConfig } from "vite";
import { documentPages } from "./reference/document-pages.ts";
import { scalar } from "./reference/scalar.ts";

/**
 * Builds the pages that the Worker serves: dist/admin/index.html for the admin pages,
 * dist/reference/index.html for /docs, and errors.html, admin.html and runbook.html beside it for
 * /docs/errors, /docs/admin and /docs/runbook. The names of scripts and styles contain a hash.
 */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: "admin/public",
  plugins: [scalar(), documentPages()],
  build: {
    outDir: "dist",
    assetsDir: "admin/assets",
    emptyOutDir: true,
    // The Content Security Policy of the pages does not allow inlined assets.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2024",
    rollupOptions: {
      input: {
        admin: join(import.meta.dirname, "admin", "index.html"),
        reference: join(import.meta.dirname, "reference", "index.html"),
        errors: join(import.meta.dirname, "reference", "errors.html"),
        help: join(import.meta.dirname, "reference", "admin.html"),
        runbook: join(import.meta.dirname, "reference", "runbook.html"),
      },
      output: {
        entryFileNames: ({ name }) =>
          `${name === "reference" ? "docs" : "admin"}/assets/[name]-[hash].js`,
        assetFileNames: ({ names }) =>
          `${names.includes("errors.css") ? "docs" : "admin"}/assets/[name]-[hash][extname]`,
      },
    },
  },
});
