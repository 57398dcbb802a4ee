import { parentPort } from 'node:worker_threads';
import { workerAnswers } from './ensemble/worker-messages.ts';

/** What runs in a worker thread of Node. */
if (parentPort === null) throw new Error('This module is run as a worker thread');
const port = parentPort;
port.on(
  'message',
  workerAnswers((message, transfer) => port.postMessage(message, transfer)),
);
