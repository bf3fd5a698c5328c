import { defineConfig } from "vite";

// The sign-in page: the only files the anonymous may read, so it shares none with the wall.
export default defineConfig({
  root: "signin",
  base: "/signin/",
  build: {
    outDir: "../dist/signin",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: "es2022",
  },
});
