/**
 * Wakes who waits: claims for work, others for what happens in a namespace.
 *
 * @module
 */

export interface Wake {
  /** Ends every wait now. */
  notify(): void;
  /** Resolves at the next `notify`, or after `ms`. */
  wait(ms: number): Promise<void>;
}

export function createWake(): Wake {
  let listeners: (() => void)[] = [];
  return {
    notify() {
      const waking = listeners;
      listeners = [];
      for (const listener of waking) listener();
    },
    wait(ms) {
      return new Promise((resolve) => {
        const timer = setTimeout(done, ms);
        listeners.push(done);
        function done(): void {
          clearTimeout(timer);
          listeners = listeners.filter((listener) => listener !== done);
          resolve();
        }
      });
    },
  };
}
