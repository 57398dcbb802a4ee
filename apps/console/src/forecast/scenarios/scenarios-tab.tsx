import type { Scenario } from '@tandem/server/schema/forecast';
import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useBrand } from '../../access/brand-context.ts';
import { useWords } from '../../i18n/words.ts';
import { Loaded } from '../../shell/states.tsx';
import { type DoneFit, isDone, useLab } from '../lab-context.ts';
import { useFit, useLabApi } from '../lab-data.ts';
import { NeedsFit } from '../needs-fit.tsx';
import { BasisNotice } from '../overview/overview-tab.tsx';
import { Workbench } from './workbench.tsx';
import './scenarios.css';

/** The plans that come with the model and those of the brand. */
export function useScenarios(modelId: string) {
  const { brand } = useBrand();
  const api = useLabApi();
  return useQuery({
    queryKey: ['lab-scenarios', brand.id, modelId],
    queryFn: async () => (await api.scenarios(modelId)).scenarios,
  });
}

function Bench({ fit, scenarios }: { fit: DoneFit; scenarios: Scenario[] }) {
  const { say } = useWords();
  if (fit.input.model.setup.levers.length === 0) {
    return <Alert type="info" showIcon title={say('lab.scenario.noLevers')} />;
  }
  return (
    <>
      {fit.result.basis === 'prior' && <BasisNotice fit={fit} />}
      <Workbench fit={fit} scenarios={scenarios} />
    </>
  );
}

/** What would be if: levers moved, and the courses of up to three plans side by side. */
export default function ScenariosTab() {
  const { model, fitRun } = useLab();
  const fit = useFit(fitRun?.id);
  const scenarios = useScenarios(model.id);
  if (!fitRun) return <NeedsFit />;
  return (
    <div className="stack">
      <Loaded query={fit} rows={8}>
        {(data) =>
          isDone(data) && (
            <Loaded query={scenarios} rows={8}>
              {(list) => <Bench fit={data} scenarios={list} />}
            </Loaded>
          )
        }
      </Loaded>
    </div>
  );
}
