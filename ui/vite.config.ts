import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// WebKit of Debian 12. Nothing inline: the window's policy forbids it.
export default defineConfig({
  plugins: [svelte()],
  // Longer than any of them takes: on a machine with other work nobody is hurried.
  test: { testTimeout: 60_000 },
  build: { target: "safari16", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
