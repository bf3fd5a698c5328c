// a camera's picture → the codes in it, where the browser can read them itself.

interface Found {
  readonly rawValue: string;
}
interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly Found[]>;
}
type DetectorClass = new (options: { formats: readonly string[] }) => Detector;

const Native = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
const LOOK_MS = 200;
/** The same badge held before the camera is one scan. */
const SAME_MS = 4_000;

export const canScan = Native !== undefined && Boolean(navigator.mediaDevices?.getUserMedia);

/** Look until stopped; returns what stops it. Throws where the camera is refused. */
export async function scan(video: HTMLVideoElement, told: (code: string) => void): Promise<() => void> {
  if (!Native) return () => undefined;
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  const detector = new Native({ formats: ["qr_code", "code_128", "ean_13"] });
  let last = { code: "", ms: -Infinity };
  let looking = false;
  video.srcObject = stream;
  await video.play();
  const look = async () => {
    if (looking || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    looking = true;
    try {
      const code = (await detector.detect(video))[0]?.rawValue.trim();
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
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
}
