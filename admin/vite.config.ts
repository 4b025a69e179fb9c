import { join } from "node:path";
import { defineConfig } from "vite";

/**
 * The page becomes dist/admin/index.html, which the Worker serves for every address of a screen; what
 * it needs lies in dist/admin/assets/ under names that change with their content.
 */
export default defineConfig({
  root: join(import.meta.dirname, ".."),
  publicDir: "admin/public",
  build: {
    outDir: "dist",
    assetsDir: "admin/assets",
    emptyOutDir: true,
    // Inlined, the strict policy of the page would refuse them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2024",
    rollupOptions: { input: join(import.meta.dirname, "index.html") },
  },
});
