import { parseArgs } from 'node:util';
import { checkModel, checkUnits, type Diagnostic, DynamicsError, describeModel, readXmile } from '@tandem/dynamics';
import { UsageError } from '../usage.ts';
import { findingLine, printJson, readModel } from './session.ts';

/** `tandem model check FILE`: everything that is found in a model; exit code 1 when it cannot be run. */
export async function checkCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  const [path] = positionals;
  if (path === undefined) throw new UsageError('model check needs a file.');
  const { findings, variables } = await inspect(path);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (values.json) {
    printJson({ file: path, ok: errors === 0, errors, warnings: findings.length - errors, variables, findings });
  } else {
    for (const found of findings) process.stdout.write(`${findingLine(path, found)}\n`);
    process.stdout.write(
      `${path}: ${errors === 0 ? 'runs' : 'cannot be run'}; ${variables} variables, ${errors} errors, ${findings.length - errors} warnings\n`,
    );
  }
  return errors === 0 ? 0 : 1;
}

async function inspect(path: string): Promise<{ findings: Diagnostic[]; variables: number }> {
  const bytes = await readModel(path);
  const read = readXmile(bytes);
  if (!read.ok) return { findings: [...read.errors, ...read.warnings], variables: 0 };
  const findings = [...read.warnings, ...checkModel(read.value), ...checkUnits(read.value)];
  try {
    return { findings, variables: describeModel(read.value).length };
  } catch (error) {
    if (error instanceof DynamicsError) return { findings: [...findings, ...error.diagnostics], variables: 0 };
    throw error;
  }
}
