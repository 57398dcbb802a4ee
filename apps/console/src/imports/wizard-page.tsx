import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Steps } from 'antd';
import { useState } from 'react';
import { useBrand } from '../access/brand-context.ts';
import { useWords } from '../i18n/words.ts';
import { Guard } from '../shell/layout.tsx';
import { Page } from '../shell/page.tsx';
import { Loaded } from '../shell/states.tsx';
import { FileStep } from './file-step.tsx';
import { type ImportPlan, MappingStep } from './mapping-step.tsx';
import { useUploads } from './uploads.ts';
import './imports.css';

/** The presets that files can be read with. */
export function usePresets() {
  const { api, brand } = useBrand();
  return useQuery({
    queryKey: ['presets', brand.id],
    queryFn: async () => (await api.presets()).presets,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

function Wizard() {
  const { api, brand } = useBrand();
  const { say } = useWords();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const uploads = useUploads();
  const presets = usePresets();
  const [step, setStep] = useState<0 | 1>(0);
  const start = useMutation({
    mutationFn: ({ preset, mapping, dryRun }: ImportPlan) =>
      api.startImport({ preset, fileIds: uploads.fileIds, dryRun, ...(mapping ? { mapping } : {}) }),
    onSuccess: async (one, plan) => {
      // Kept for "import for real" after a dry run: the uploads stay on the server for an hour.
      queries.setQueryData(['import-plan', brand.id, one.id], { ...plan, fileIds: uploads.fileIds });
      queries.setQueryData(['import', brand.id, one.id], one);
      await queries.invalidateQueries({ queryKey: ['imports', brand.id] });
      await navigate({ to: '/imports/$importId', params: { importId: one.id }, search: {} });
    },
  });
  const first = uploads.fileIds[0];
  return (
    <Page title={say('wizard.title')} sentence={say('wizard.sentence')}>
      <Steps
        size="small"
        current={step}
        responsive={false}
        items={[
          { title: say('wizard.step.files') },
          { title: say('wizard.step.mapping') },
          { title: say('wizard.step.run') },
        ]}
      />
      {step === 0 || first === undefined ? (
        <FileStep
          files={uploads.files}
          ready={uploads.ready}
          onAdd={uploads.add}
          onRemove={uploads.remove}
          onNext={() => setStep(1)}
        />
      ) : (
        <Loaded query={presets} rows={8}>
          {(list) => (
            <MappingStep
              fileId={first}
              presets={list}
              starting={start.isPending}
              startError={start.error}
              onBack={() => setStep(0)}
              onStart={start.mutate}
            />
          )}
        </Loaded>
      )}
    </Page>
  );
}

/** Files, columns, import: three steps from an exported file to figures. */
export function WizardPage() {
  return (
    <Guard needs="imports.run">
      <Wizard />
    </Guard>
  );
}
