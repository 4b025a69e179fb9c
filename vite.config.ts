import { join } from "node:path";
import { defineConfig } from "vite";
import { errorPage } from "./reference/error-page.ts";
import { scalar } from "./reference/scalar.ts";

/**
 * Builds the pages that the Worker serves: dist/admin/index.html for the admin pages,
 * dist/reference/index.html for /docs, and dist/reference/errors.html for /docs/errors. The names
 * of scripts and styles contain a hash.
 */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: "admin/public",
  plugins: [scalar(), errorPage()],
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
