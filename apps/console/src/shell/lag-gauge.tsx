import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Tooltip } from 'antd';
import { useBrand } from '../access/brand-context.ts';
import { delayText } from '../figures/date.ts';
import { useWords } from '../i18n/words.ts';

export type LagLevel = 'ok' | 'watch' | 'act';

/** Amber above five seconds, red above a minute. */
export function lagLevel(lagMs: number): LagLevel {
  if (lagMs > 60_000) return 'act';
  return lagMs > 5_000 ? 'watch' : 'ok';
}

export function usePipeline(hours: number, refetchMs = 10_000) {
  const { api, brand, can } = useBrand();
  return useQuery({
    queryKey: ['pipeline', brand.id, hours],
    queryFn: () => api.pipeline(hours),
    enabled: can('events.read'),
    // Faster while events wait, so that figures that move are not taken for final.
    refetchInterval: (query) => ((query.state.data?.pending ?? 0) > 0 ? Math.min(2_000, refetchMs) : refetchMs),
  });
}

/** How far the figures are behind what has been accepted. */
export function LagGauge() {
  const { can } = useBrand();
  const { say, language } = useWords();
  const pipeline = usePipeline(24);
  if (!can('events.read')) return null;
  const lagMs = pipeline.data?.lagMs;
  const level = lagMs === undefined ? 'unknown' : lagLevel(lagMs);
  const text =
    lagMs === undefined
      ? say('header.lagUnknown')
      : lagMs === 0
        ? say('header.lagNone')
        : say('header.lag', { delay: delayText(lagMs, language) });
  return (
    <Tooltip title={say('header.lagTip')}>
      <Link to="/quality" className={`lag lag-${level}`} data-testid="lag-gauge" aria-label={text}>
        <span className="lag-dot" aria-hidden="true" />
        <span className="lag-text" aria-live="polite">
          {text}
        </span>
      </Link>
    </Tooltip>
  );
}
