// a picture somebody chose → a PNG small enough for an occasion's theme, scaled down in the browser.

/** Of the whole data URL, as the center takes it. */
export const MOST_CHARS = 49_152;
const LARGEST_PX = 512;
const SHRINK = 0.8;
const SMALLEST_PX = 32;

/** Width and height after fitting the longer side into `most`, never enlarged. */
export function fitInto(width: number, height: number, most: number): readonly [number, number] {
  const scale = Math.min(1, most / Math.max(width, height, 1));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** `drawn`: the picture as a data URL with its longer side at most that long. The first that is small enough, null where none is. */
export function smallEnough(drawn: (most: number) => string, limit = MOST_CHARS): string | null {
  for (let most = LARGEST_PX; most >= SMALLEST_PX; most = Math.floor(most * SHRINK)) {
    const found = drawn(most);
    if (found.length <= limit) return found;
  }
  return null;
}

/** Raises where the browser cannot open the picture. */
export async function emblemOf(file: File): Promise<string | null> {
  const picture = new Image();
  picture.src = await dataUrl(file);
  await picture.decode();
  // An SVG without a size of its own has none here.
  const [width, height] = [picture.naturalWidth || LARGEST_PX, picture.naturalHeight || LARGEST_PX];
  return smallEnough((most) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = fitInto(width, height, most);
    const pen = canvas.getContext("2d");
    if (!pen) throw new Error("no canvas");
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/png");
  });
}

/** A data URL, because the center's pages allow no other address for a picture of one's own. */
function dataUrl(file: File): Promise<string> {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => fail(new Error(file.name));
    reader.readAsDataURL(file);
  });
}
