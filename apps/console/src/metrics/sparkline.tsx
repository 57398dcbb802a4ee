import { colors } from '../theme.ts';

const width = 120;
const height = 32;

/** The line of a sparkline; where a value is missing the line breaks. */
export function sparkPath(values: readonly (number | null)[]): string {
  const known = values.filter((value): value is number => value !== null);
  if (known.length === 0) return '';
  const low = Math.min(...known);
  const span = Math.max(...known) - low;
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  let path = '';
  let pen = 'M';
  values.forEach((value, index) => {
    if (value === null) {
      pen = 'M';
      return;
    }
    const y = span === 0 ? height / 2 : height - 2 - ((value - low) / span) * (height - 4);
    path += `${pen}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    // A value between two gaps has no line: a stroke of no length draws it as a dot.
    if (pen === 'M' && (values[index + 1] ?? null) === null) path += 'l0 0';
    pen = 'L';
  });
  return path;
}

/** A trend without axes; its numbers are in the explorer. */
export function Sparkline(props: { values: readonly (number | null)[]; label: string }) {
  const path = sparkPath(props.values);
  if (!/l/i.test(path)) return null;
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={props.label}
    >
      <title>{props.label}</title>
      <path
        d={path}
        fill="none"
        stroke={colors.joined}
        strokeWidth="1.5"
        strokeLinecap="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
