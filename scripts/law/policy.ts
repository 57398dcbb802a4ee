import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './fault.ts';
import { foldersIn } from './source-tree.ts';

/** Who may import whom; the content of `scripts/domain-policy.json`. */
export interface DomainPolicy {
  /** Per domain, the domains that it may import. */
  domains: Record<string, string[]>;
  /** Domains that have a name and arrows but no folder yet. */
  planned: string[];
  /** Files of the server that may import every domain, relative to its `src`. */
  composition: string[];
  /** The domains that `http/` may import. */
  http: string[];
}

export const policyFile = 'scripts/domain-policy.json';
export const serverSource = 'apps/server/src';

export function readPolicy(root: string): DomainPolicy {
  return JSON.parse(readFileSync(join(root, policyFile), 'utf8'));
}

/** Compares the policy with itself and with the folders that are there. */
export function checkPolicy(root: string, policy: DomainPolicy): Fault[] {
  const there = foldersIn(root, `${serverSource}/domains`);
  const fault = (message: string, rule: string): Fault => ({ file: policyFile, line: 0, rule, message });
  const declared = Object.keys(policy.domains);
  return [
    ...declared.flatMap((domain) =>
      (policy.domains[domain] ?? [])
        .filter((target) => !declared.includes(target))
        .map((target) => fault(`${domain} points at ${target}, which is no domain`, 'policy-unknown')),
    ),
    ...cycles(policy).map((cycle) => fault(`cycle: ${cycle.join(' -> ')}`, 'policy-cycle')),
    ...there
      .filter((domain) => !declared.includes(domain))
      .map((domain) => fault(`the folder domains/${domain} is not declared`, 'domain-undeclared')),
    ...declared
      .filter((domain) => !there.includes(domain) && !policy.planned.includes(domain))
      .map((domain) => fault(`${domain} has no folder and is not listed as planned`, 'policy-stale')),
    ...policy.planned
      .filter((domain) => there.includes(domain) || !declared.includes(domain))
      .map((domain) => fault(`${domain} is listed as planned but has a folder or no arrows`, 'policy-stale')),
  ];
}

/** One cycle for each domain from which a way leads back to itself, none reported twice. */
function cycles(policy: DomainPolicy): string[][] {
  const found = new Map<string, string[]>();
  const visit = (domain: string, way: string[]): void => {
    const at = way.indexOf(domain);
    if (at >= 0) {
      const cycle = [...way.slice(at), domain];
      found.set([...new Set(cycle)].sort().join(), cycle);
      return;
    }
    for (const target of policy.domains[domain] ?? []) visit(target, [...way, domain]);
  };
  for (const domain of Object.keys(policy.domains)) visit(domain, []);
  return [...found.values()];
}
