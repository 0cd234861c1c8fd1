import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// WebKit of Debian 12. Nothing inline: the window's policy forbids it.
export default defineConfig({
  plugins: [svelte()],
  build: { target: "safari16", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
