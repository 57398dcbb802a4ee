import { type FromWorker, type ToWorker, workerAnswers } from './ensemble/worker-messages.ts';

/** What runs in a worker of a browser. */
const answer = workerAnswers((message: FromWorker, transfer) => self.postMessage(message, { transfer }));
self.addEventListener('message', (event: MessageEvent<ToWorker>) => answer(event.data));
