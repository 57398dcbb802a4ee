import type { Role } from '@tandem/server/schema/access';
import type { Say } from '../i18n/words.ts';

export const roles: readonly Role[] = ['owner', 'operator', 'analyst', 'finance', 'viewer'];

/** Roles for a select, with what each may do. */
export function roleOptions(say: Say) {
  return roles.map((role) => ({ value: role, label: say(`role.${role}`), title: say(`role.${role}.can`) }));
}
