/**
 * Lets others have the thread for a moment, so that a long computation can be stopped and tells how far it is. Timers
 * would do, but browsers hold them back by 4 ms. Messages are not held back; in Node they come before all timers, so that
 * `setImmediate` is the one to take there.
 */
export class Pause {
  readonly #channel = typeof setImmediate === 'function' ? undefined : new MessageChannel();
  #resume: (() => void) | undefined;

  constructor() {
    if (this.#channel === undefined) return;
    // The types of Node know only its own way to listen.
    const port = this.#channel.port1 as unknown as { onmessage: () => void };
    port.onmessage = () => this.#resume?.();
  }

  take(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#channel === undefined) {
        setImmediate(resolve);
        return;
      }
      this.#resume = resolve;
      this.#channel.port2.postMessage(undefined);
    });
  }

  close(): void {
    this.#channel?.port1.close();
  }
}
