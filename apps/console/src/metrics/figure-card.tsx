import { InfoCircleOutlined } from '@ant-design/icons';
import type { Cockpit, Kpi } from '@tandem/server/schema/metrics';
import { Link } from '@tanstack/react-router';
import { Button, Tooltip } from 'antd';
import { useFigureStyle } from '../access/brand-context.ts';
import { dayLabel } from '../figures/date.ts';
import { changeOf, exactFigure, type FigureStyle, figure, signed } from '../figures/number.ts';
import { addDays } from '../figures/period.ts';
import { useWords } from '../i18n/words.ts';
import { Sparkline } from './sparkline.tsx';

export type Card = Cockpit['cards'][number];
type Ends = Pick<Cockpit, 'from' | 'to' | 'compareFrom' | 'compareTo'>;

/** A quarter as people write it: `2026年1季度`, `Q1 2026`. */
export function quarterName(quarter: string, language: string): string {
  const [year = '', number = ''] = quarter.split('Q');
  return language === 'zh-CN' ? `${year}年${number}季度` : `Q${number} ${year}`;
}

function ChangeLine(props: { card: Card; style: FigureStyle; ends: Ends }) {
  const { card, style, ends } = props;
  const { say, language } = useWords();
  const change = changeOf(card.value, card.previous, style.unit);
  if (change.kind === 'none') return <div className="card-change">{say('card.noPrevious')}</div>;
  const amount = change.kind === 'new' ? 0 : change.value;
  const text =
    change.kind === 'new'
      ? say('card.new')
      : change.kind === 'points'
        ? say('card.points', { value: signed(change.value, language) })
        : `${signed(change.value * 100, language)}%`;
  const against = say('card.previous', {
    value: exactFigure(card.previous, style),
    from: dayLabel(ends.compareFrom, language, true),
    to: dayLabel(addDays(ends.compareTo, -1), language, true),
  });
  return (
    <Tooltip title={against}>
      <div className="card-change">
        {amount !== 0 && <span aria-hidden="true">{amount > 0 ? '▲' : '▼'}</span>} {text}
        <span className="sr-only"> {against}</span>
      </div>
    </Tooltip>
  );
}

function TargetLine(props: { card: Card; kpi: Kpi; style: FigureStyle }) {
  const { card, kpi, style } = props;
  const { say, language } = useWords();
  if (card.target === null) return null;
  const gap = card.value === null ? null : card.target - card.value;
  const down = kpi.direction === 'down';
  const reached = gap !== null && (down ? gap >= 0 : gap <= 0);
  const distance =
    gap === null
      ? ''
      : reached
        ? say('card.targetReached')
        : say(down ? 'card.targetOver' : 'card.targetShort', { value: figure(Math.abs(gap), style) });
  const share = card.value === null || card.target === 0 ? 0 : Math.max(0, Math.min(1, card.value / card.target));
  const quarter = card.targetQuarter ? quarterName(card.targetQuarter, language) : '';
  const wholeQuarter = card.quarterTarget ?? card.target;
  const value = exactFigure(card.target, style);
  const tip =
    wholeQuarter === card.target
      ? say('card.targetTipWhole', { quarter, value })
      : say('card.targetTip', { quarter, value, whole: exactFigure(wholeQuarter, style) });
  return (
    <Tooltip title={tip}>
      <div className="card-target">
        <div className="card-bar" aria-hidden="true">
          <span style={{ width: `${share * 100}%` }} />
        </div>
        <div className="card-target-words">
          <span>{say('card.target', { value: figure(card.target, style) })}</span>
          <span>{distance}</span>
        </div>
        <span className="sr-only">{tip}</span>
      </div>
    </Tooltip>
  );
}

interface FigureCardProps {
  card: Card;
  kpi: Kpi;
  ends: Ends;
  onAbout: () => void;
}

/** One figure: name, value, change, target, trend, what it leaves out, and the way to its definition. */
export function FigureCard({ card, kpi, ends, onAbout }: FigureCardProps) {
  const { say, both } = useWords();
  const style = useFigureStyle()(kpi.unit);
  const name = both(kpi.nameEn, kpi.nameZh);
  return (
    <article className="card" data-testid={`kpi-card-${kpi.id}`} aria-label={name}>
      <div className="card-head">
        <Link to="/explorer" search={{ kpi: kpi.id, from: ends.from, to: ends.to }} className="card-name">
          {name}
        </Link>
        <Button
          type="text"
          size="small"
          icon={<InfoCircleOutlined />}
          aria-label={say('card.about', { name })}
          onClick={onAbout}
        />
      </div>
      <div className="card-main">
        <Tooltip title={exactFigure(card.value, style, card.exactMinor)}>
          <div
            className="card-value"
            data-testid={`kpi-value-${kpi.id}`}
            data-value={card.value ?? ''}
            data-exact-minor={card.exactMinor}
          >
            {figure(card.value, style)}
          </div>
        </Tooltip>
        <Sparkline values={card.spark.map((point) => point.value)} label={say('card.sparkLabel', { name })} />
      </div>
      {card.value === null ? (
        <div className="card-change">{say('card.noValue')}</div>
      ) : (
        <ChangeLine card={card} style={style} ends={ends} />
      )}
      <TargetLine card={card} kpi={kpi} style={style} />
      {card.omitted.map((omission) => (
        <div key={omission.code} className="card-omitted" title={both(omission.text, omission.textZh)}>
          {both(omission.text, omission.textZh)}
        </div>
      ))}
    </article>
  );
}
