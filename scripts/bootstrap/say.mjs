/** A reason to stop that the person at the keyboard can act on: printed as one sentence, without a stack. */
export class Stop extends Error {
  /** @param {string} message @param {number} [exitCode] */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Notices go to standard error: standard output belongs to the script that is run. @param {string} text */
export function say(text) {
  process.stderr.write(`tandem: ${text}\n`);
}
