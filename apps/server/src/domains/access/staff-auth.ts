import { betterAuth } from 'better-auth';
import { createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { Pool } from 'pg';
import * as z from 'zod';

/** A member of staff as the sign-in knows them. */
export interface StaffUser {
  id: string;
  email: string;
  name: string;
}

/** Staff accounts, passwords and browser sessions (kept by better-auth in the schema `access`). */
export interface StaffAuth {
  /** Opens a session; undefined when the e-mail address or the password is wrong. */
  signIn(email: string, password: string, headers: Headers): Promise<SessionCookies | undefined>;
  /** Opens a session for a user whom a one-time link has proven. */
  signInAs(userId: string): Promise<SessionCookies>;
  /** Ends the session of these headers and answers the cookies that clear it. */
  signOut(headers: Headers): Promise<SessionCookies>;
  userOf(headers: Headers): Promise<StaffUser | undefined>;
  /** Creates an account; the e-mail address must be free. */
  createUser(email: string, password: string, name: string): Promise<string>;
  close(): Promise<void>;
}

/** Values for `Set-Cookie`. */
export type SessionCookies = string[];

const sessionSeconds = 14 * 24 * 3600;

/**
 * @param postgresUrl the installation's database
 * @param secret signs the session cookies; a new secret ends every session
 */
export function openStaffAuth(postgresUrl: string, secret: string): StaffAuth {
  const pool = new Pool({
    connectionString: postgresUrl,
    max: 4,
    options: '-c search_path=access -c role=tandem_system',
    application_name: 'tandem-auth',
  });
  pool.on('error', () => undefined);
  const auth = betterAuth({
    // The address is not known here (ports, proxies): cookies are host-only, and http/access.ts checks the origin.
    baseURL: 'http://127.0.0.1',
    secret,
    database: pool,
    telemetry: { enabled: false },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 8, maxPasswordLength: 128 },
    session: { expiresIn: sessionSeconds, updateAge: 24 * 3600 },
    advanced: {
      cookiePrefix: 'tandem',
      useSecureCookies: false,
      defaultCookieAttributes: { sameSite: 'lax', httpOnly: true },
    },
    plugins: [provenSignIn()],
  });
  const cookiesOf = (headers: Headers): SessionCookies => headers.getSetCookie();
  return {
    async signIn(email, password, headers) {
      const response = await auth.api.signInEmail({ body: { email, password }, headers, asResponse: true });
      if (response.ok) return cookiesOf(response.headers);
      if (response.status === 401 || response.status === 400 || response.status === 403) return undefined;
      throw new Error(`sign-in failed with ${response.status}`);
    },
    async signInAs(userId) {
      const { headers } = await auth.api.provenSignIn({ body: { userId }, returnHeaders: true });
      return cookiesOf(headers);
    },
    async signOut(headers) {
      const result = await auth.api.signOut({ headers, returnHeaders: true });
      return cookiesOf(result.headers);
    },
    async userOf(headers) {
      const session = await auth.api.getSession({ headers });
      return session ? { id: session.user.id, email: session.user.email, name: session.user.name } : undefined;
    },
    async createUser(email, password, name) {
      const context = await auth.$context;
      const user = await context.internalAdapter.createUser(
        { email: email.toLowerCase(), name, emailVerified: true },
        { method: 'admin' },
      );
      await context.internalAdapter.linkAccount({
        userId: user.id,
        accountId: user.id,
        providerId: 'credential',
        password: await context.password.hash(password),
      });
      return user.id;
    },
    close: () => pool.end(),
  };
}

/** A server-only endpoint that opens a session for a user whom something else has proven. */
function provenSignIn() {
  return {
    id: 'proven-sign-in',
    endpoints: {
      provenSignIn: createAuthEndpoint(
        { method: 'POST', body: z.object({ userId: z.string() }), metadata: { SERVER_ONLY: true } },
        async (context) => {
          const user = await context.context.internalAdapter.findUserById(context.body.userId);
          if (!user) throw new Error('the user of a one-time link is gone');
          const session = await context.context.internalAdapter.createSession(user.id);
          await setSessionCookie(context, { session, user });
          return context.json({ ok: true });
        },
      ),
    },
  };
}
