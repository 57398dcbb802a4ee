import type { ForecastResult } from '@tandem/server/schema/forecast';
import { useEffect, useRef, useState } from 'react';
import type { DoneFit } from '../lab-context.ts';
import type { Draft } from './draft.ts';
import { createInstant, type Instant, type Timing } from './instant.ts';

export interface InstantState {
  result: ForecastResult | null;
  /** The plans that the result is of: those on the screen may be newer for a moment. */
  drafts: readonly Draft[];
  timing: Timing | null;
  busy: boolean;
  fault: unknown;
}

const nothing: InstantState = { result: null, drafts: [], timing: null, busy: true, fault: null };

function isAbort(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === 'AbortError';
}

/** Prepares the fan of a fit once; workers end with the page. */
function usePrepared(fit: DoneFit, days: number): { instant: Instant | null; fault: unknown } {
  const [state, setState] = useState<{ instant: Instant | null; fault: unknown }>({ instant: null, fault: null });
  useEffect(() => {
    let gone = false;
    let made: Instant | null = null;
    setState({ instant: null, fault: null });
    createInstant(fit, days).then(
      (instant) => {
        made = instant;
        if (gone) instant.close();
        else setState({ instant, fault: null });
      },
      (fault: unknown) => {
        if (!gone) setState({ instant: null, fault });
      },
    );
    return () => {
      gone = true;
      made?.close();
    };
  }, [fit, days]);
  return state;
}

/**
 * Fans of the plans on the screen, computed anew a moment after one changes. While a slider moves the newest plan alone is
 * computed: what was under way is given up.
 */
export function useInstant(
  fit: DoneFit,
  drafts: readonly Draft[],
  days: number,
  base: ForecastResult | null,
): InstantState {
  const { instant, fault } = usePrepared(fit, days);
  const [state, setState] = useState<InstantState>(nothing);
  const latest = useRef<AbortController>(null);
  useEffect(() => {
    if (!instant) return;
    const abort = new AbortController();
    latest.current?.abort();
    latest.current = abort;
    setState((before) => ({ ...before, busy: true }));
    instant.run(drafts, base, abort.signal).then(
      ({ result, timing }) => {
        if (abort.signal.aborted) return;
        setState({ result, drafts, timing, busy: false, fault: null });
      },
      (cause: unknown) => {
        if (abort.signal.aborted || isAbort(cause)) return;
        setState((before) => ({ ...before, busy: false, fault: cause }));
      },
    );
    return () => abort.abort();
  }, [instant, drafts, base]);
  return fault === null ? state : { ...state, busy: false, fault };
}
