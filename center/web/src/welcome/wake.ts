// a page that is looked at → a screen that does not go to sleep, where the browser can.

export function stayAwake(): void {
  const ask = async () => {
    if (document.hidden) return;
    try {
      await navigator.wakeLock?.request("screen");
    } catch {
      // Refused (battery, not secure): the machine's own settings have to do.
    }
  };
  document.addEventListener("visibilitychange", () => void ask());
  void ask();
}
