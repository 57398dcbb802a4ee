/** A place where the code breaks a rule of the project. */
export interface Fault {
  rule: string;
  /** Relative to the checkout. */
  file: string;
  /** Counted from 1; 0 stands for the whole file. */
  line: number;
  message: string;
}

export function faultText({ file, line, rule, message }: Fault): string {
  return `${file}${line > 0 ? `:${line}` : ''}  ${message}  [${rule}]`;
}

/** Prints the faults and returns the exit code. */
export function reportFaults(faults: readonly Fault[], whatWasChecked: string): number {
  for (const fault of faults) console.error(faultText(fault));
  if (faults.length === 0) console.log(`${whatWasChecked}: no faults`);
  else console.error(`${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`);
  return faults.length === 0 ? 0 : 1;
}
