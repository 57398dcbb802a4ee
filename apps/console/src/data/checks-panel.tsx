import type { Quality } from '@tandem/server/schema/metrics';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useBrand } from '../access/brand-context.ts';
import { whole } from '../figures/number.ts';
import type { Period } from '../figures/period.ts';
import { useWords } from '../i18n/words.ts';
import { useKpiName } from '../metrics/catalogue.ts';
import { Panel } from '../shell/page.tsx';
import { EmptyState, Loaded } from '../shell/states.tsx';
import { ToneTag } from '../shell/tone-tag.tsx';

type Check = Quality['checks'][number];
const order: Record<Check['severity'], number> = { act: 0, watch: 1, ok: 2 };

/** Checks that need a hand first. */
export function sortedChecks(checks: readonly Check[]): Check[] {
  return [...checks].sort((a, b) => order[a.severity] - order[b.severity]);
}

/** What is missing or doubtful in the data of a period, and which KPIs it touches. */
export function ChecksPanel(props: { period: Period; picker: ReactNode }) {
  const { api, brand } = useBrand();
  const { say, language, both } = useWords();
  const kpiName = useKpiName();
  const quality = useQuery({
    queryKey: ['quality', brand.id, props.period],
    queryFn: () => api.quality(props.period),
  });
  return (
    <Panel title={say('quality.checks')} sentence={say('quality.checksSentence')}>
      <div className="panel-filters">{props.picker}</div>
      <Loaded query={quality} rows={5}>
        {({ checks }) =>
          checks.length === 0 ? (
            <EmptyState compact title={say('quality.checksNone')} />
          ) : (
            <ul className="checks">
              {sortedChecks(checks).map((check) => (
                <li key={check.code}>
                  <ToneTag tone={check.severity}>{say(`quality.severity.${check.severity}`)}</ToneTag>
                  <div className="check-words">
                    <div>{both(check.text, check.textZh)}</div>
                    {check.severity !== 'ok' && check.kpis.length > 0 && (
                      <div className="faint">
                        {say('quality.affects', {
                          kpis: check.kpis.map(kpiName).join(language === 'en' ? ', ' : '、'),
                        })}
                      </div>
                    )}
                  </div>
                  {check.of > 0 && (
                    <span className="num faint">
                      {say('quality.of', { count: whole(check.count, language), of: whole(check.of, language) })}
                    </span>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
