import { Button } from 'antd';
import { useWords } from '../i18n/words.ts';
import { Panel } from '../shell/page.tsx';
import { EmptyState } from '../shell/states.tsx';
import { FitProgress, useFitRuns } from './fit-state.tsx';
import { useLab } from './lab-context.ts';

/** What the other tabs show before the first fit: what to do. */
export function NeedsFit() {
  const { open } = useLab();
  const { say } = useWords();
  const { active } = useFitRuns();
  return (
    <div className="stack">
      <FitProgress />
      <Panel>
        <EmptyState
          title={say(active ? 'lab.needsFit.running' : 'lab.needsFit')}
          hint={say('lab.needsFitHint')}
          actions={<Button onClick={() => open('overview')}>{say('lab.tab.overview')}</Button>}
        />
      </Panel>
    </div>
  );
}
