import type { ReactNode } from 'react';

/** What a tag says by more than its colour: red needs a hand now, amber will. */
export type Tone = 'ok' | 'watch' | 'act' | 'busy' | 'plain';

/** A short word on a ground that reads at AA contrast, which antd's preset tags do not. */
export function ToneTag(props: { tone: Tone; children: ReactNode; testId?: string; state?: string }) {
  return (
    <span className={`tone tone-${props.tone}`} data-testid={props.testId} data-state={props.state}>
      {props.children}
    </span>
  );
}
