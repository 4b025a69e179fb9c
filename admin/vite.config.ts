import { join } from "node:path";
import { defineConfig } from "vite";

/**
 * Builds dist/admin/index.html, which the Worker serves for the address of every screen. Its files
 * are in dist/admin/assets/ under names that change with their content.
 */
export default defineConfig({
  root: join(import.meta.dirname, ".."),
  publicDir: "admin/public",
  build: {
    outDir: "dist",
    assetsDir: "admin/assets",
    emptyOutDir: true,
    // The page's strict policy would refuse inlined assets.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2024",
    rollupOptions: { input: join(import.meta.dirname, "index.html") },
  },
});
