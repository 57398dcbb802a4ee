import type { Role } from './schema.ts';

/** Rights a route can ask for. `public` and `session` (any sign-in) are for the few routes outside a brand. */
export const permissions = [
  'brand.manage',
  'staff.manage',
  'keys.manage',
  'audit.read',
  'imports.run',
  'events.write',
  'events.read',
  'events.manage',
  'people.read',
  'people.manage',
  'people.erase',
  'kpi.read',
  'targets.write',
  'forecast.read',
  'forecast.run',
  'forecast.adopt',
] as const;
export type Permission = (typeof permissions)[number];
/** `local` is for the commands on the server's own machine, which hold the token of the data folder. */
export type RouteAccess = Permission | 'public' | 'session' | 'local';

/** What each role may do in a brand. */
export const rolePermissions: Record<Role, readonly Permission[]> = {
  owner: permissions,
  operator: [
    'imports.run',
    'events.write',
    'events.read',
    'events.manage',
    'people.read',
    'people.manage',
    'kpi.read',
    'forecast.read',
    'forecast.run',
  ],
  analyst: [
    'imports.run',
    'events.read',
    'people.read',
    'kpi.read',
    'targets.write',
    'forecast.read',
    'forecast.run',
    'forecast.adopt',
  ],
  finance: ['kpi.read', 'targets.write', 'audit.read', 'events.read', 'forecast.read', 'forecast.adopt'],
  viewer: ['kpi.read', 'forecast.read'],
};

/** Whether a role has a right. */
export function mayRole(role: Role, permission: Permission): boolean {
  return rolePermissions[role].includes(permission);
}
