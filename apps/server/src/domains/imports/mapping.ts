import { refuse } from '#errors.ts';
import type { ColumnSpec } from '#lib/tabular/columns.ts';
import { type Mapping as ColumnMapping, readMapping } from '#lib/tabular/mapping.ts';
import { TabularError } from '#lib/tabular/reasons.ts';
import { noMapping } from './bind.ts';
import type { Mapping } from './schema.ts';

/**
 * Checks a user's mapping against the fields of a preset. It is either fields to columns, or a mapping file with `fields`
 * and what holds for the whole file (`zone`, `currency`, `sheet`, ...).
 * @throws Refusal import.mapping_invalid, naming the field
 */
export function checkedMapping(input: Mapping | undefined, specs: readonly ColumnSpec[]): ColumnMapping {
  if (input === undefined || Object.keys(input).length === 0) return noMapping;
  const isFile = typeof input.fields === 'object' && !('column' in input.fields) && !('constant' in input.fields);
  try {
    return readMapping(
      isFile ? input : { fields: input },
      specs.map((spec) => spec.field),
    );
  } catch (error) {
    throw mappingRefusal(error);
  }
}

/** A mapping that cannot be used as a refusal; any other error as it is. */
export function mappingRefusal(error: unknown): unknown {
  if (!(error instanceof TabularError) || !/^mapping_/.test(error.code)) return error;
  return refuse('import.mapping_invalid', { detail: error.message, detailZh: error.say('zh') });
}
