import { describe, expect, it } from 'vitest';
import { address, errorOfReply } from './api-request.ts';

describe('addresses', () => {
  it('repeat lists, leave out what is not set, and escape the rest', () => {
    expect(address('/kpis/gmv', { from: '2011-01-01', by: undefined, filter: ['koc:a&b', 'room:1'], q: '' })).toBe(
      '/api/v1/kpis/gmv?from=2011-01-01&filter=koc%3Aa%26b&filter=room%3A1',
    );
    expect(address('/me')).toBe('/api/v1/me');
  });
});

describe('error replies', () => {
  it('keep the sentence of both languages and the request', () => {
    const reply = JSON.stringify({ code: 'auth.expired', message: 'Expired.', messageZh: '已过期。', requestId: 'r1' });
    expect(errorOfReply(401, reply, null)).toMatchObject({
      status: 401,
      code: 'auth.expired',
      message: 'Expired.',
      messageZh: '已过期。',
      requestId: 'r1',
      retryAfterSeconds: undefined,
    });
  });
  it('say how long to wait', () => {
    const reply = JSON.stringify({ code: 'x', message: 'm' });
    expect(errorOfReply(429, reply, '7')).toMatchObject({ retryAfterSeconds: 7, messageZh: 'm' });
  });
  it('survive a page of a proxy', () => {
    expect(errorOfReply(502, '<html>', null)).toMatchObject({ code: 'network.unreadable', status: 502 });
  });
});
