import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { movedStep, outline, type Step, type StepRange, withoutStep, withStep } from './steps.ts';
import './charts.css';

interface StepChartProps {
  label: string;
  steps: readonly Step[];
  range: StepRange;
  /** What holds without a plan, as a dashed line. */
  usual: number;
  text: (value: number) => string;
  /** The name of a day of the path, for axis and screen readers. */
  dayText: (day: number) => string;
  onChange: (steps: Step[]) => void;
}

const height = 190;
const edge = { left: 56, right: 12, top: 12, bottom: 24 };

function useWidth() {
  const ref = useRef<SVGSVGElement>(null);
  const [width, setWidth] = useState(600);
  useEffect(() => {
    if (!ref.current) return;
    const watch = new ResizeObserver(([entry]) => setWidth(Math.max(240, entry?.contentRect.width ?? 600)));
    watch.observe(ref.current);
    return () => watch.disconnect();
  }, []);
  return { ref, width };
}

/** Pixels of a path's box, and back. */
function scaleFor(width: number, { low, high, days }: StepRange) {
  const inner = { width: width - edge.left - edge.right, height: height - edge.top - edge.bottom };
  const span = high - low || 1;
  return {
    x: (day: number) => edge.left + (day / days) * inner.width,
    y: (value: number) => edge.top + (1 - (value - low) / span) * inner.height,
    day: (x: number) => ((x - edge.left) / inner.width) * days,
    value: (y: number) => low + (1 - (y - edge.top) / inner.height) * span,
  };
}

/** Keys on a point: arrows move it, with Shift in larger strides; Delete takes it away. */
function stepOfKey(event: KeyboardEvent, steps: readonly Step[], index: number, range: StepRange): Step[] | undefined {
  const step = steps[index];
  if (!step) return undefined;
  const stride = event.shiftKey ? 10 : 1;
  const to = (days: number, values: number) =>
    movedStep(steps, index, step.day + days * stride, step.value + values * stride * range.step, range);
  switch (event.key) {
    case 'ArrowUp':
      return to(0, 1);
    case 'ArrowDown':
      return to(0, -1);
    case 'ArrowRight':
      return to(1, 0);
    case 'ArrowLeft':
      return to(-1, 0);
    case 'Delete':
    case 'Backspace':
      return withoutStep(steps, index);
    default:
      return undefined;
  }
}

function Axes(props: Pick<StepChartProps, 'range' | 'text' | 'dayText'> & { width: number }) {
  const { range, width } = props;
  const scale = scaleFor(width, range);
  const marks = [0, 0.25, 0.5, 0.75].map((share) => Math.round(share * range.days));
  const days = width < 420 ? marks.filter((_, index) => index % 2 === 0) : marks;
  return (
    <g>
      {[range.low, (range.low + range.high) / 2, range.high].map((value) => (
        <g key={value}>
          <line className="steps-grid" x1={edge.left} x2={width - edge.right} y1={scale.y(value)} y2={scale.y(value)} />
          <text x={edge.left - 6} y={scale.y(value) + 4} textAnchor="end">
            {props.text(value)}
          </text>
        </g>
      ))}
      {days.map((day) => (
        <text key={day} x={scale.x(day)} y={height - 6}>
          {props.dayText(day)}
        </text>
      ))}
    </g>
  );
}

/** A lever over time. A click adds a point, points are dragged, and keys do the same; a table beside it takes typed values. */
export function StepChart(props: StepChartProps) {
  const { steps, range } = props;
  const { ref, width } = useWidth();
  const [held, setHeld] = useState<number | null>(null);
  const scale = scaleFor(width, range);
  const place = (event: PointerEvent) => {
    const box = ref.current?.getBoundingClientRect();
    const [x, y] = [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)];
    return { day: scale.day(x), value: scale.value(y) };
  };
  const press = (event: PointerEvent) => {
    // Else dragging selects the text of the page.
    event.preventDefault();
    const { day, value } = place(event);
    const next = withStep(steps, day, value, range);
    props.onChange(next);
    const at = Math.min(Math.max(0, Math.round(day)), range.days - 1);
    setHeld(next.findIndex((one) => one.day === at));
    ref.current?.setPointerCapture(event.pointerId);
  };
  const grab = (event: PointerEvent, index: number) => {
    event.stopPropagation();
    setHeld(index);
    ref.current?.setPointerCapture(event.pointerId);
  };
  const drag = (event: PointerEvent) => {
    if (held === null) return;
    const { day, value } = place(event);
    props.onChange(movedStep(steps, held, day, value, range));
  };
  return (
    <svg
      ref={ref}
      className="steps"
      height={height}
      onPointerMove={drag}
      onPointerUp={() => setHeld(null)}
      onPointerCancel={() => setHeld(null)}
      data-testid="step-chart"
    >
      <title>{props.label}</title>
      <Axes range={range} text={props.text} dayText={props.dayText} width={width} />
      <path className="steps-usual" d={outline([{ day: 0, value: props.usual }], scale.x, scale.y, range.days)} />
      <rect
        className="steps-surface"
        x={edge.left}
        y={edge.top}
        width={Math.max(0, width - edge.left - edge.right)}
        height={height - edge.top - edge.bottom}
        onPointerDown={press}
      />
      <path className="steps-path" d={outline(steps, scale.x, scale.y, range.days)} pointerEvents="none" />
      {steps.map((step, index) => (
        <circle
          key={step.day}
          className="steps-point"
          role="slider"
          tabIndex={0}
          aria-label={props.dayText(step.day)}
          aria-valuemin={range.low}
          aria-valuemax={range.high}
          aria-valuenow={step.value}
          aria-valuetext={props.text(step.value)}
          cx={scale.x(step.day)}
          cy={scale.y(step.value)}
          r={7}
          onPointerDown={(event) => grab(event, index)}
          onKeyDown={(event) => {
            const next = stepOfKey(event, steps, index, range);
            if (!next) return;
            event.preventDefault();
            props.onChange(next);
          }}
        />
      ))}
    </svg>
  );
}
