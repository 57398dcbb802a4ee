import './charts.css';

export interface IntervalBarProps {
  /** Ends of the scale that all bars of a table share. */
  from: number;
  to: number;
  low: number;
  high: number;
  /** The middle of the interval; left out where there is none. */
  mid?: number | undefined;
  /** A second, fainter interval: what was believed before. */
  before?: { low: number; high: number } | undefined;
  /** A line through the bar, such as zero or the base. */
  origin?: number | undefined;
  tone?: 'joined' | 'community' | 'live' | 'quiet';
}

/** Where a value lies on a scale, in per cent, held inside it. */
export function placeOn(from: number, to: number, value: number): number {
  if (!(to > from)) return 50;
  return Math.min(100, Math.max(0, ((value - from) / (to - from)) * 100));
}

/** An interval drawn beside its numbers, which a table near by gives in words: hidden from screen readers. */
export function IntervalBar(props: IntervalBarProps) {
  const at = (value: number) => placeOn(props.from, props.to, value);
  const span = (low: number, high: number) => {
    const [start, end] = [at(Math.min(low, high)), at(Math.max(low, high))];
    return { left: `${start}%`, width: `${Math.max(end - start, 0.5)}%` };
  };
  return (
    <div className="interval" aria-hidden="true">
      {props.origin !== undefined && <i className="interval-origin" style={{ left: `${at(props.origin)}%` }} />}
      {props.before && <i className="interval-before" style={span(props.before.low, props.before.high)} />}
      <i className={`interval-now interval-${props.tone ?? 'joined'}`} style={span(props.low, props.high)} />
      {props.mid !== undefined && <i className="interval-mid" style={{ left: `${at(props.mid)}%` }} />}
    </div>
  );
}

/** A common scale for several intervals, with a little room at both ends. */
export function scaleOf(values: readonly number[]): { from: number; to: number } {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return { from: 0, to: 1 };
  const least = Math.min(...finite);
  const most = Math.max(...finite);
  const room = (most - least || Math.abs(most) || 1) * 0.04;
  return { from: least - room, to: most + room };
}
