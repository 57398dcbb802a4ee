import type { Kpi, KpiQuery, Omission } from '@tandem/server/schema/metrics';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Drawer, Typography } from 'antd';
import { useBrand } from '../access/brand-context.ts';
import { useWords, wordOf } from '../i18n/words.ts';
import { Loaded } from '../shell/states.tsx';
import { basisKey } from './catalogue.ts';

/** Definition, formula and basis of a KPI in words. */
export function Definition(props: { kpi: Kpi; omitted: readonly Omission[] }) {
  const { kpi, omitted } = props;
  const { brand } = useBrand();
  const { say, language, both } = useWords();
  return (
    <div className="definition">
      <p>{both(kpi.definitionEn, kpi.definitionZh)}</p>
      <dl>
        <dt>{say('definition.formula')}</dt>
        <dd>
          <code>{kpi.formula}</code>
        </dd>
        <dt>{say('definition.time')}</dt>
        <dd>{wordOf(say, basisKey(kpi.basis.time), kpi.basis.time)}</dd>
        <dt>{say('definition.refund')}</dt>
        <dd>{wordOf(say, basisKey(kpi.basis.refund), kpi.basis.refund)}</dd>
        <dt>{say('definition.unit')}</dt>
        <dd>{wordOf(say, `unit.${kpi.unit}`, '').replace('{{currency}}', brand.currency)}</dd>
        <dt>{say('definition.direction')}</dt>
        <dd>{say(`direction.${kpi.direction}`)}</dd>
        {omitted.length > 0 && <dt>{say('definition.omitted')}</dt>}
        {omitted.map((one) => (
          <dd key={one.code}>{language === 'en' ? one.text : one.textZh}</dd>
        ))}
      </dl>
    </div>
  );
}

/** The SQL behind a figure, as it was run. */
export function SqlOf(props: { kpiId: string; query: KpiQuery }) {
  const { api, brand } = useBrand();
  const { say } = useWords();
  const explanation = useQuery({
    queryKey: ['explain', brand.id, props.kpiId, props.query],
    queryFn: () => api.explain(props.kpiId, props.query),
  });
  return (
    <Loaded query={explanation} rows={6}>
      {(data) => (
        <div className="sqls">
          <h3 className="section-title">{say('definition.sql')}</h3>
          {data.sql.map((one) => (
            <div key={one.name}>
              <Typography.Text copyable={{ text: one.sql }} type="secondary">
                {one.name}
              </Typography.Text>
              <pre className="code">{one.sql}</pre>
            </div>
          ))}
        </div>
      )}
    </Loaded>
  );
}

interface DrawerProps {
  kpi: Kpi | null;
  query: KpiQuery;
  omitted: readonly Omission[];
  onClose: () => void;
}

/** Opens from the small "i" of a card: definition, basis, SQL, and the way to the explorer. */
export function DefinitionDrawer({ kpi, query, omitted, onClose }: DrawerProps) {
  const { say, both } = useWords();
  return (
    <Drawer
      open={kpi !== null}
      onClose={onClose}
      size="min(560px, 100vw)"
      title={kpi ? both(kpi.nameEn, kpi.nameZh) : ''}
      extra={
        kpi && (
          <Link to="/explorer" search={{ kpi: kpi.id, from: query.from, to: query.to }}>
            <Button type="primary">{say('definition.explore')}</Button>
          </Link>
        )
      }
    >
      {kpi && (
        <>
          <Definition kpi={kpi} omitted={omitted} />
          <SqlOf kpiId={kpi.id} query={query} />
        </>
      )}
    </Drawer>
  );
}
