/**
 * Loaded into the script that `run.mjs` starts: when `run.mjs` is killed with a signal that it cannot pass on, the script
 * is asked to stop as if it had got SIGTERM. Processes that the script starts have another parent and are left alone.
 */
import { isMainThread } from 'node:worker_threads';

const pollMs = 500;
const parent = Number(process.env.TANDEM_PARENT_PID);

if (isMainThread && parent > 0 && process.ppid === parent) {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, pollMs);
  timer.unref();
}
