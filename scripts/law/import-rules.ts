import { posix } from 'node:path';
import type { Fault } from './fault.ts';
import type { ModuleImport, ParsedSource } from './parsed-source.ts';
import { type DomainPolicy, serverSource } from './policy.ts';
import { isTestFile } from './source-tree.ts';

const webApps = ['apps/console', 'apps/h5'];

/** What an imported file may be for the importing one: undefined when it may, else the reason why not. */
type Verdict = { rule: string; message: string } | undefined;

/** Judges every import of a file; `policy` says which domain may know which. */
export function checkImports(file: ParsedSource, policy: DomainPolicy): Fault[] {
  return file.imports.flatMap((found) => {
    const verdict = judge(file.path, found, policy);
    return verdict === undefined ? [] : [{ file: file.path, line: found.line, ...verdict }];
  });
}

function judge(path: string, found: ModuleImport, policy: DomainPolicy): Verdict {
  const webApp = webApps.find((app) => path.startsWith(`${app}/`));
  if (webApp !== undefined) return judgeWebApp(webApp, path, found);
  if (path.startsWith('packages/')) return judgePackage(path, found);
  if (!path.startsWith(`${serverSource}/`)) return undefined;
  const target = resolveInServer(path, found.specifier);
  if (target === undefined) return undefined;
  const from = path.slice(serverSource.length + 1);
  if (isTestFile(path)) return undefined;
  return judgeServer(from, target, found.typeOnly, policy);
}

/** The imported file relative to the server's `src`, or undefined when it is a package. */
export function resolveInServer(path: string, specifier: string): string | undefined {
  const file = resolveLocal(path, specifier);
  return file?.startsWith(`${serverSource}/`) ? file.slice(serverSource.length + 1) : file;
}

/** The imported file relative to the checkout, or undefined when it is a package. */
export function resolveLocal(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return `${serverSource}/${specifier.slice(1)}`;
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined;
}

function judgeServer(from: string, target: string, typeOnly: boolean, policy: DomainPolicy): Verdict {
  const [layer = ''] = from.split('/');
  const domain = domainOf(target);
  if (layer === 'lib' && !target.startsWith('lib/'))
    return { rule: 'lib', message: `lib imports ${target}; it may import lib alone` };
  if (layer === 'adapters' && !isKnownToAdapters(target, typeOnly)) {
    return { rule: 'adapters', message: `an adapter imports ${target}; it may import adapters, lib and errors.ts` };
  }
  if (layer === 'domains') return judgeDomain(from, target, policy);
  if (domain === undefined || target.endsWith('/schema.ts') || policy.composition.includes(from)) {
    return domain === undefined || !policy.composition.includes(from)
      ? undefined
      : deepImport(target, compositionDoors);
  }
  if (layer === 'http' && policy.http.includes(domain)) return deepImport(target, ['index.ts']);
  return {
    rule: 'composition',
    message: `${from} imports ${target}; only ${policy.composition.join(' and ')} knows the domains`,
  };
}

function isKnownToAdapters(target: string, typeOnly: boolean): boolean {
  if (target.startsWith('adapters/') || target.startsWith('lib/') || target === 'errors.ts') return true;
  return target === 'deps.ts' && typeOnly;
}

const doors = ['index.ts', 'schema.ts'];
const compositionDoors = [...doors, 'routes.ts', 'jobs.ts'];

function judgeDomain(from: string, target: string, policy: DomainPolicy): Verdict {
  const own = domainOf(from) ?? '';
  const other = domainOf(target);
  if (other === own) return undefined;
  if (other === undefined) {
    const allowed = /^(lib|adapters|http)\//.test(target) || target === 'deps.ts' || target === 'errors.ts';
    return allowed
      ? undefined
      : { rule: 'upward', message: `the domain ${own} imports ${target}, which stands above it` };
  }
  if (!(policy.domains[own] ?? []).includes(other)) {
    return { rule: 'arrow', message: `${own} may not import ${other}; scripts/domain-policy.json has no such arrow` };
  }
  return deepImport(target, doors);
}

function deepImport(target: string, allowed: readonly string[]): Verdict {
  const [, domain, ...rest] = target.split('/');
  if (allowed.includes(rest.join('/'))) return undefined;
  return { rule: 'deep-import', message: `${rest.join('/')} is inside ${domain}; import domains/${domain}/index.ts` };
}

/** The domain of a file given relative to the server's `src`. */
export function domainOf(file: string): string | undefined {
  const [layer, domain, name] = file.split('/');
  return layer === 'domains' && name !== undefined ? domain : undefined;
}

function judgeWebApp(app: string, path: string, { specifier }: ModuleImport): Verdict {
  const [scope, name, door, ...rest] = specifier.split('/');
  if (scope === '@tandem' && name === 'server') {
    const open = (door === 'client' && rest.length === 0) || (door === 'schema' && rest.length === 1);
    return open
      ? undefined
      : { rule: 'web-app', message: `${specifier} is inside the server; its doors are /client and /schema/*` };
  }
  const file = resolveLocal(path, specifier);
  if (file === undefined || file.startsWith(`${app}/`)) return undefined;
  return {
    rule: 'web-app',
    message: `${specifier} leaves the app; of the server import @tandem/server/client or /schema/*`,
  };
}

/** A package runs in a browser as well as in Node; only its `src/node*.ts` and its tests know of Node. */
function judgePackage(path: string, { specifier }: ModuleImport): Verdict {
  const own = path.split('/').slice(0, 2).join('/');
  const file = resolveLocal(path, specifier);
  const outside = file === undefined ? specifier.startsWith('@tandem/') : !file.startsWith(`${own}/`);
  if (outside) return { rule: 'package', message: `${own} stands alone and imports ${specifier}` };
  const knowsNode = isTestFile(path) || path.startsWith(`${own}/test/`) || path.startsWith(`${own}/src/node`);
  if (!specifier.startsWith('node:') || knowsNode) return undefined;
  return { rule: 'package', message: `${own} runs in browsers too and imports ${specifier} outside src/node*.ts` };
}
