/** What the server answered instead of success. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly messageZh: string;
  constructor(status: number, reply: { code?: string; message?: string; messageZh?: string }) {
    super(reply.message ?? `The server answered ${status}.`);
    this.name = 'ApiError';
    this.status = status;
    this.code = reply.code ?? 'unknown';
    this.messageZh = reply.messageZh ?? this.message;
  }
}

export interface ApiClientOptions {
  /** For example `http://127.0.0.1:8080`; empty in a page that the server itself delivered. */
  baseUrl: string;
  /** API key or local token; a browser sends its cookie instead. */
  token?: string;
  /** `brd_…`; needed where the token does not imply the brand. */
  brand?: string;
}

type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

/** A client of the HTTP API; runs in Node and in browsers. Paths are under `/api/v1`. */
export interface ApiClient {
  get<Reply>(path: string, query?: Query): Promise<Reply>;
  send<Reply>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, query?: Query): Promise<Reply>;
  /** Sends bytes as they are. */
  upload<Reply>(path: string, body: Blob | Uint8Array<ArrayBuffer>, query?: Query): Promise<Reply>;
  /** Fetches a file as it is. */
  download(path: string, query?: Query): Promise<Blob>;
}

/** @throws ApiError for every answer that is not a success */
export function apiClient(options: ApiClientOptions): ApiClient {
  const call = async (method: string, path: string, query?: Query, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (options.token) headers.set('authorization', `Bearer ${options.token}`);
    if (options.brand) headers.set('tandem-brand', options.brand);
    const response = await fetch(`${options.baseUrl}/api/v1${path}${queryText(query)}`, { ...init, method, headers });
    if (response.ok) return response;
    throw new ApiError(response.status, (await response.json().catch(() => ({}))) as { code?: string });
  };
  return {
    get: async <Reply>(path: string, query?: Query) => (await call('GET', path, query)).json() as Promise<Reply>,
    send: async <Reply>(method: string, path: string, body?: unknown, query?: Query) => {
      const json =
        body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
      return (await call(method, path, query, json)).json() as Promise<Reply>;
    },
    upload: async <Reply>(path: string, body: Blob | Uint8Array<ArrayBuffer>, query?: Query) =>
      (
        await call('POST', path, query, { body, headers: { 'content-type': 'application/octet-stream' } })
      ).json() as Promise<Reply>,
    download: async (path, query) => (await call('GET', path, query)).blob(),
  };
}

function queryText(query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  return search.size > 0 ? `?${search}` : '';
}
