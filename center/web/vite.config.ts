import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

// The wall: everything a content security policy of 'self' allows and nothing else (no inlined assets).
export default defineConfig({
  plugins: [vue()],
  base: "/",
  build: {
    outDir: "dist/app",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    target: "es2022",
  },
});
