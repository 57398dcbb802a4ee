import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { runChild } from './child.mjs';
import { ensureConsole } from './console-build.mjs';
import { findNode } from './node-binary.mjs';
import { ensurePackages } from './packages.mjs';
import { isInside, root, userFolder } from './paths.mjs';
import { Stop, say } from './say.mjs';

const oldestMajor = 18;

/**
 * Installs what is missing, then runs a script of this checkout on Node 24 and ends with its exit code.
 *
 * @param {string[]} argv the script, relative to the checkout, and its arguments
 */
export async function run(argv) {
  try {
    process.exitCode = await start(argv);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    process.exitCode = error.exitCode;
  }
}

async function start([name, ...args]) {
  const script = name === undefined ? undefined : resolve(root, name);
  if (script === undefined || !isInside(script, root)) {
    throw new Stop('usage: node scripts/run.mjs <script of this checkout> [arguments]', 2);
  }
  if (Number(process.versions.node.split('.')[0]) < oldestMajor) {
    throw new Stop(`Node ${oldestMajor} or later is needed to start; this is Node ${process.versions.node}`);
  }
  await ensurePackages();
  if (!existsSync(script)) throw new Stop(`${script} is not there`, 2);
  const node = findNode();
  // Tests open the console in a browser, as it is built for people.
  if (name === 'scripts/test.ts' || servesConsole(args)) await ensureConsole(node);
  // The project's own scripts work on the checkout; the server works where the user is.
  const cwd = isInside(script, resolve(root, 'apps')) ? userFolder() : root;
  return runChild({ node, script, args, cwd });
}

/** @param {string[]} args */
function servesConsole(args) {
  if (args.find((arg) => !arg.startsWith('-')) !== 'serve' || args.includes('--help')) return false;
  const role =
    args.find((arg) => arg.startsWith('--role='))?.slice('--role='.length) ?? args[args.indexOf('--role') + 1];
  return !(args.some((arg) => arg.startsWith('--role')) && (role === 'live' || role === 'worker'));
}
