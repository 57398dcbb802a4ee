import { ApiError } from '../api-request.ts';
import type { Language } from '../figures/number.ts';
import type { Say } from '../i18n/words.ts';

/** What to tell a person about a failure, in their language: the server's own sentence where there is one. */
export function errorSentence(error: unknown, say: Say, language: Language): string {
  if (!(error instanceof ApiError)) {
    return say('error.unknown', { message: error instanceof Error ? error.message : String(error) });
  }
  if (error.code === 'network.unreachable') return say('error.unreachable');
  if (error.code === 'network.unreadable') return say('error.unreadable', { status: error.status });
  const sentence = language === 'en' ? error.message : error.messageZh;
  if (error.retryAfterSeconds === undefined || /\d+ ?(s|秒)/.test(sentence)) return sentence;
  return `${sentence} ${say('error.retryAfter', { seconds: error.retryAfterSeconds })}`;
}
