// what a page wants to film → the camera's pictures, or why there are none.

/** `insecure`: browsers lend no camera to a page that came unencrypted from another machine. */
export type NoCamera = "insecure" | "refused" | "missing";

const REFUSED: ReadonlySet<string> = new Set(["NotAllowedError", "SecurityError"]);

export async function openCamera(wanted: MediaTrackConstraints): Promise<MediaStream | NoCamera> {
  if (!navigator.mediaDevices) return "insecure";
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: wanted });
  } catch (error) {
    return error instanceof DOMException && REFUSED.has(error.name) ? "refused" : "missing";
  }
}

export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
