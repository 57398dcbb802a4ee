import { colors } from '../theme.ts';

/** The sign of Tandem: two strands and where they touch. */
export function Mark(props: { size?: number }) {
  const size = props.size ?? 28;
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      strokeWidth="4.5"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M6 25C6 13 26 19 26 7" stroke={colors.community} />
      <path d="M6 7c0 12 20 6 20 18" stroke={colors.live} />
      <circle cx="16" cy="16" r="3.6" fill={colors.joined} />
    </svg>
  );
}
