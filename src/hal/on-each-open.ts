// How does a listener follow a device through its reopenings?
import type { Device, Supervised } from "./device.js";

/**
 * Attaches to every device object that the supervisor opens (listeners are lost with the old one).
 * `attach` returns its unsubscribe; so does this.
 */
export const onEachOpen = <D extends Device>(
  supervised: Supervised<D>,
  attach: (device: D) => () => void,
): (() => void) => {
  let current: D | null = null;
  let detach: (() => void) | null = null;
  let ended = false;
  const attachTo = async (device: D) => {
    if (ended || device === current) return;
    detach?.();
    current = device;
    detach = attach(device);
  };
  const unwatch = supervised.watch((status) => {
    if (status.state !== "ready" && status.state !== "faulted") return;
    // It may be gone again by now; then the next opening attaches.
    supervised.use(attachTo).catch(() => {});
  });
  return () => {
    ended = true;
    unwatch();
    detach?.();
  };
};
