import type { GmvFactors } from '@tandem/server/schema/metrics';
import { useQuery } from '@tanstack/react-query';
import { useBrand, useFigureStyle } from '../access/brand-context.ts';
import { currencyDecimals, exactFigure, figure, majorOfMinor } from '../figures/number.ts';
import { useWords, wordOf } from '../i18n/words.ts';
import { Panel } from '../shell/page.tsx';
import { EmptyState, Loaded } from '../shell/states.tsx';
import { effectShares, factorRows, strongest } from './factors.ts';

function useMinor() {
  const { brand } = useBrand();
  const style = useFigureStyle()('money');
  return (minor: string | bigint, exact = false) => {
    const text = minor.toString();
    const value = Number(majorOfMinor(text, currencyDecimals(brand.currency)));
    return exact ? exactFigure(value, style, text) : `${value > 0 ? '+' : ''}${figure(value, style)}`;
  };
}

function Effect(props: { share: number }) {
  const size = `${Math.abs(props.share) * 50}%`;
  return (
    <div className="effect" aria-hidden="true">
      <span style={props.share < 0 ? { right: '50%', width: size } : { left: '50%', width: size }} />
    </div>
  );
}

function FactorTable(props: { factors: GmvFactors }) {
  const { factors } = props;
  const { say } = useWords();
  const style = useFigureStyle();
  const minor = useMinor();
  const rows = factorRows(factors);
  const shares = effectShares(rows);
  return (
    <div className="scroll">
      <table className="plain-table factors">
        <thead>
          <tr>
            <th scope="col">{say('factors.factor')}</th>
            <th scope="col" className="num">
              {say('factors.previous')}
            </th>
            <th scope="col" className="num">
              {say('factors.current')}
            </th>
            <td className="effect-cell" />
            <th scope="col" className="num">
              {say('factors.contribution')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={row.factor}>
              <td>{wordOf(say, `factor.${row.factor}`, row.factor)}</td>
              <td className="num">{figure(row.previous, style(row.unit))}</td>
              <td className="num">{figure(row.current, style(row.unit))}</td>
              <td className="effect-cell">{row.effectMinor !== null && <Effect share={shares[index] ?? 0} />}</td>
              <td className="num" title={row.effectMinor === null ? '' : minor(row.effectMinor, true)}>
                {row.effectMinor === null ? '–' : minor(row.effectMinor)}
              </td>
            </tr>
          ))}
          <tr className="factors-total">
            <td>{say('factors.total')}</td>
            <td className="num">{factors.previous ? minor(factors.previous.gmvMinor).replace('+', '') : '–'}</td>
            <td className="num">{minor(factors.current.gmvMinor).replace('+', '')}</td>
            <td className="effect-cell" />
            <td className="num" title={factors.changeMinor ? minor(factors.changeMinor, true) : ''}>
              {factors.changeMinor ? minor(factors.changeMinor) : '–'}
            </td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function Verdict(props: { factors: GmvFactors }) {
  const { say } = useWords();
  const minor = useMinor();
  const { factors } = props;
  if (!factors.previous || !factors.changeMinor) return <p className="faint">{say('factors.noPrevious')}</p>;
  const top = strongest(factorRows(factors));
  if (!top?.effectMinor) return null;
  return (
    <p className="verdict">
      {say('factors.moved', {
        change: minor(factors.changeMinor),
        factor: wordOf(say, `factor.${top.factor}`, top.factor),
        value: minor(top.effectMinor),
      })}
    </p>
  );
}

interface FactorPanelProps {
  from: string;
  to: string;
  compareFrom: string;
  compareTo: string;
}

/** GMV of live sessions split exactly into its four factors, and which of them moved it. */
export function FactorPanel(range: FactorPanelProps) {
  const { api, brand } = useBrand();
  const { say, language } = useWords();
  const factors = useQuery({
    queryKey: ['gmv-factors', brand.id, range],
    queryFn: () => api.gmvFactors(range),
  });
  return (
    <Panel title={say('factors.title')} sentence={say('factors.sentence')}>
      <Loaded query={factors} rows={5}>
        {(data) =>
          data.current.views === 0 && (data.previous?.views ?? 0) === 0 ? (
            <EmptyState compact title={say('factors.empty')} />
          ) : (
            <>
              <Verdict factors={data} />
              <FactorTable factors={data} />
              {data.omitted.map((one) => (
                <div key={one.code} className="card-omitted">
                  {language === 'en' ? one.text : one.textZh}
                </div>
              ))}
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}
