// a camera's picture → the codes in it: by the browser's own reader where it has one, else by a library that is fetched only then.
import { closeCamera, openCamera, type NoCamera } from "../forms/camera";

type Reader = (video: HTMLVideoElement) => Promise<string | undefined>;

interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
type DetectorClass = new (options: { formats: readonly string[] }) => Detector;

const WANTED = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 960 } };
const LOOK_MS = 200;
/** The same badge held before the camera is one scan. */
const SAME_MS = 4_000;
/** A badge that is held up fills enough of so small a picture. */
const SEEN_PX = 800;

/** Look until stopped; returns what stops it, or why there is no camera. */
export async function scan(video: HTMLVideoElement, told: (code: string) => void): Promise<(() => void) | NoCamera> {
  const stream = await openCamera(WANTED);
  if (typeof stream === "string") return stream;
  const read = await reader();
  let last = { code: "", ms: -Infinity };
  let looking = false;
  video.srcObject = stream;
  await video.play();
  const look = async () => {
    if (looking || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    looking = true;
    try {
      const code = (await read(video))?.trim();
      const now = performance.now();
      if (!code || (code === last.code && now - last.ms < SAME_MS)) return;
      last = { code, ms: now };
      told(code);
    } finally {
      looking = false;
    }
  };
  const timer = window.setInterval(() => void look().catch(() => undefined), LOOK_MS);
  return () => {
    window.clearInterval(timer);
    closeCamera(stream);
    video.srcObject = null;
  };
}

async function reader(): Promise<Reader> {
  const Native = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (Native) {
    const detector = new Native({ formats: ["qr_code", "code_128", "ean_13"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  const { default: decodeQR } = await import("qr/decode.js");
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  return (video) => Promise.resolve(pen ? decoded(pen, video, decodeQR) : undefined);
}

function decoded(
  pen: CanvasRenderingContext2D,
  video: HTMLVideoElement,
  decode: (image: ImageData) => string,
): string | undefined {
  const scale = Math.min(1, SEEN_PX / Math.max(video.videoWidth, video.videoHeight));
  const [width, height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
  [pen.canvas.width, pen.canvas.height] = [width, height];
  pen.drawImage(video, 0, 0, width, height);
  try {
    return decode(pen.getImageData(0, 0, width, height));
  } catch {
    return undefined; // The library raises where there is no code.
  }
}
