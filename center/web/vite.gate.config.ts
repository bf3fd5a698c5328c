import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

// A gate's own welcome screen: served by the machine at the gate under any path, so every address is relative.
export default defineConfig({
  plugins: [vue()],
  root: "gate",
  base: "./",
  build: {
    outDir: "../dist/gate",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: "es2022",
  },
});
