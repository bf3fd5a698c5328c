// Fonts of what the center prints → dist/fonts: whole TrueType files with every Vietnamese letter, and their licences.
import { copyFileSync, mkdirSync } from "node:fs";

const FAMILIES = {
  "be-vietnam-pro": ["400Regular/BeVietnamPro_400Regular", "700Bold/BeVietnamPro_700Bold"],
  tinos: ["400Regular/Tinos_400Regular", "400Regular_Italic/Tinos_400Regular_Italic", "700Bold/Tinos_700Bold"],
};

mkdirSync("dist/fonts", { recursive: true });
for (const [family, faces] of Object.entries(FAMILIES)) {
  const from = `node_modules/@expo-google-fonts/${family}`;
  copyFileSync(`${from}/LICENSE_FONT`, `dist/fonts/LICENSE_${family}`);
  for (const face of faces) {
    copyFileSync(`${from}/${face}.ttf`, `dist/fonts/${face.split("/")[1]}.ttf`);
  }
}
