import type { Upload } from '@tandem/server/schema/imports';
import type { Static } from 'typebox';

export type Query = Record<string, string | number | boolean | string[] | undefined>;

interface RequestOptions {
  brandId?: string | undefined;
  query?: Query | undefined;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

const base = '/api/v1';

/**
 * A request that did not succeed: the server's sentence in both languages, or, where no server answered, `code` says
 * `network.unreachable` or `network.unreadable` and the screen words it.
 */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly messageZh: string;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    reply: { code: string; message: string; messageZh: string; requestId?: string },
    retryAfterSeconds?: number,
  ) {
    super(reply.message);
    this.name = 'ApiError';
    this.status = status;
    this.code = reply.code;
    this.messageZh = reply.messageZh;
    this.requestId = reply.requestId;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The address of a route, with its query; values that are undefined or empty are left out. */
export function address(path: string, query?: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === '') continue;
    for (const item of Array.isArray(value) ? value : [value]) params.append(name, String(item));
  }
  const text = params.toString();
  return base + path + (text ? `?${text}` : '');
}

/** An error reply as an ApiError, whatever stood in it. */
export function errorOfReply(status: number, text: string, retryAfter: string | null): ApiError {
  const seconds = retryAfter === null || retryAfter === '' ? undefined : Number(retryAfter);
  try {
    const reply = JSON.parse(text) as { code?: unknown; message?: unknown; messageZh?: unknown; requestId?: unknown };
    if (typeof reply.code === 'string' && typeof reply.message === 'string') {
      const messageZh = typeof reply.messageZh === 'string' ? reply.messageZh : reply.message;
      const known = { code: reply.code, message: reply.message, messageZh };
      return new ApiError(
        status,
        typeof reply.requestId === 'string' ? { ...known, requestId: reply.requestId } : known,
        seconds,
      );
    }
  } catch {
    // Not JSON: a proxy or a broken connection answered; the status is all there is to say.
  }
  return new ApiError(
    status,
    { code: 'network.unreadable', message: `HTTP ${status}`, messageZh: `HTTP ${status}` },
    seconds,
  );
}

const unreachable = () => new ApiError(0, { code: 'network.unreachable', message: '', messageZh: '' });

/** One JSON request. A 204 or an empty body gives undefined. */
export async function request<T>(method: string, path: string, options: RequestOptions): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.brandId) headers['Tandem-Brand'] = options.brandId;
  const init: RequestInit = { method, headers, credentials: 'same-origin' };
  if (options.body !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(options.body);
  }
  if (options.signal) init.signal = options.signal;
  let reply: Response;
  try {
    reply = await fetch(address(path, options.query), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable();
  }
  const text = await reply.text();
  if (!reply.ok) throw errorOfReply(reply.status, text, reply.headers.get('retry-after'));
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Sends a file as it is; `onProgress` hears the share sent, 0 to 1. XMLHttpRequest, because fetch reports no upload progress. */
export function uploadFile(
  brandId: string,
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Static<typeof Upload>> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('POST', address('/imports/files', { name: file.name }));
    xhr.setRequestHeader('Tandem-Brand', brandId);
    xhr.setRequestHeader('content-type', 'application/octet-stream');
    xhr.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    xhr.onload = () => {
      if (xhr.status >= 200 && xhr.status < 300) resolve(JSON.parse(xhr.responseText));
      else reject(errorOfReply(xhr.status, xhr.responseText, xhr.getResponseHeader('retry-after')));
    };
    xhr.onerror = () => reject(unreachable());
    xhr.onabort = () => reject(new DOMException('aborted', 'AbortError'));
    signal.addEventListener('abort', () => xhr.abort(), { once: true });
    xhr.send(file);
  });
}

/** Fetches a file that needs the brand header, for saving. */
export async function fetchFile(brandId: string, path: string): Promise<Blob> {
  const target = path.startsWith('/api/') ? path : base + path;
  const reply = await fetch(target, { headers: { 'Tandem-Brand': brandId }, credentials: 'same-origin' }).catch(() => {
    throw unreachable();
  });
  if (!reply.ok) throw errorOfReply(reply.status, await reply.text(), reply.headers.get('retry-after'));
  return reply.blob();
}
