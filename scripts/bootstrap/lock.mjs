import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Stop } from './say.mjs';

const pollMs = 200;
/** A lock that is unreadable or half-written for this long belongs to nobody. */
const unreadableMs = 10_000;
const waitMsMax = 30 * 60_000;

/**
 * Runs `work` while holding a lock file, so that of several starts one installs or builds and the others wait.
 * The file names the processes at work, so that a lock left by a killed start is taken over, but not while the npm that
 * it had started still runs.
 *
 * @template T
 * @param {string} file
 * @param {{ onWait: () => void, work: (lock: { alsoHeldBy: (pid: number) => void }) => Promise<T> }} options
 * @returns {Promise<T>}
 */
export async function withLock(file, { onWait, work }) {
  await acquire(file, onWait);
  try {
    return await work({ alsoHeldBy: (pid) => writeFileSync(file, `${process.pid}\n${pid}\n`) });
  } finally {
    rmSync(file, { force: true });
  }
}

async function acquire(file, onWait) {
  const until = Date.now() + waitMsMax;
  for (let round = 0; Date.now() < until; round += 1) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code === 'EACCES' || error.code === 'EROFS') throw notWritable(file);
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned(file) && takeAway(file)) continue;
    if (round === 2) onWait();
    await sleep(pollMs);
  }
  throw new Stop(`another start has held ${file} for ${waitMsMax / 60_000} minutes; end it or delete that file`);
}

function notWritable(file) {
  return new Stop(`${file} cannot be written: install or build as the user who owns this checkout, then start again`);
}

/** Only who makes the folder may delete the file, or two waiting starts could each delete the other's fresh lock. */
function takeAway(file) {
  const folder = `${file}.takeover`;
  try {
    mkdirSync(folder);
  } catch {
    if (olderThan(folder, unreadableMs)) rmdirSync(folder);
    return false;
  }
  try {
    if (isAbandoned(file)) rmSync(file, { force: true });
    return true;
  } finally {
    rmdirSync(folder);
  }
}

function isAbandoned(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return false;
  }
  const pids = text.split('\n').map(Number).filter(Boolean);
  return pids.length === 0 ? olderThan(file, unreadableMs) : !pids.some(isAlive);
}

function olderThan(path, ms) {
  try {
    return Date.now() - statSync(path).mtimeMs > ms;
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
