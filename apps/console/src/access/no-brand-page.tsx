import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Form } from 'antd';
import { account } from '../api.ts';
import { useWords } from '../i18n/words.ts';
import { ErrorState } from '../shell/states.tsx';
import { BrandFields, type BrandForm, newBrandDefaults } from './brand-fields.tsx';
import { Gate } from './gate.tsx';
import { meKey, rememberBrand } from './session.ts';

/** Signed in, but there is no brand to open: create one, or the sample brand. */
export function NoBrandPage() {
  const { say } = useWords();
  const queries = useQueryClient();
  const open = async (brandId: string) => {
    rememberBrand(brandId);
    await queries.invalidateQueries({ queryKey: meKey });
  };
  const create = useMutation({
    mutationFn: (form: BrandForm) => account.addBrand(form),
    onSuccess: ({ id }) => open(id),
  });
  const sample = useMutation({ mutationFn: account.newSampleBrand, onSuccess: ({ brandId }) => open(brandId) });
  const error = create.error ?? sample.error;
  return (
    <Gate title={say('noBrand.title')} sentence={say('noBrand.sentence')}>
      {error && <ErrorState error={error} />}
      <Form layout="vertical" requiredMark={false} initialValues={newBrandDefaults} onFinish={create.mutate}>
        <BrandFields />
        <Button type="primary" block htmlType="submit" loading={create.isPending}>
          {say('noBrand.create')}
        </Button>
      </Form>
      <Button
        block
        style={{ marginTop: 12 }}
        loading={sample.isPending}
        onClick={() => sample.mutate()}
        data-testid="load-sample"
      >
        {say('cockpit.emptySample')}
      </Button>
    </Gate>
  );
}
