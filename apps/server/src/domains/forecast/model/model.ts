import { expectValue, readXmile, type SourceFile } from '@tandem/dynamics';
import type { ModelSetup } from '../setup.ts';
import type { ModelInput } from '../task.ts';

/** A model that has been read, with what its file does not say. */
export interface LoadedModel {
  file: SourceFile;
  setup: ModelSetup;
}

/** Reads the text of a model. Throws a DynamicsError with everything that is wrong with it. */
export function loadModel({ xmile, setup }: ModelInput): LoadedModel {
  return { file: expectValue(readXmile(xmile)), setup };
}
