import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import { useEffect } from 'react';
import { account } from '../api.ts';
import { useWords } from '../i18n/words.ts';
import { ErrorState, LoadingState } from '../shell/states.tsx';
import { BrandFields, type BrandForm, newBrandDefaults } from './brand-fields.tsx';
import { Gate } from './gate.tsx';
import { meKey, rememberBrand } from './session.ts';

const route = getRouteApi('/link');

function useEnter() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    await queries.resetQueries({ queryKey: meKey });
    await navigate({ to: '/', search: {}, replace: true });
  };
}

function SetupForm(props: { token: string }) {
  const { say } = useWords();
  const enter = useEnter();
  const setup = useMutation({
    mutationFn: (form: BrandForm & { email: string; password: string }) =>
      account.setup({
        token: props.token,
        brand: { name: form.name.trim(), currency: form.currency, zone: form.zone },
        email: form.email.trim(),
        password: form.password,
      }),
    onSuccess: async ({ brandId }) => {
      rememberBrand(brandId);
      await enter();
    },
  });
  return (
    <Gate title={say('setup.title')} sentence={say('setup.sentence')}>
      {setup.isError && <ErrorState error={setup.error} />}
      <Form layout="vertical" requiredMark={false} initialValues={newBrandDefaults} onFinish={setup.mutate}>
        <BrandFields autoFocus />
        <Form.Item
          name="email"
          label={say('setup.email')}
          rules={[
            { required: true, message: say('signIn.emailNeeded') },
            { pattern: /^\s*[^\s@]+@[^\s@]+\s*$/, message: say('signIn.emailWrong') },
          ]}
        >
          <Input autoComplete="username" inputMode="email" data-testid="sign-in-email" />
        </Form.Item>
        <Form.Item
          name="password"
          label={say('setup.password')}
          rules={[{ required: true, min: 8, message: say('setup.passwordShort') }]}
        >
          <Input.Password autoComplete="new-password" maxLength={128} data-testid="sign-in-password" />
        </Form.Item>
        <Button
          type="primary"
          size="large"
          block
          htmlType="submit"
          loading={setup.isPending}
          data-testid="sign-in-submit"
        >
          {say('setup.submit')}
        </Button>
      </Form>
    </Gate>
  );
}

/** Where the one-time link leads: straight in, or to the short set-up when nobody is there yet. */
export function LinkPage() {
  const { say } = useWords();
  const { token } = route.useSearch();
  const enter = useEnter();
  // A query, not an effect: the token is good for one use, and a query with this key is sent once.
  const link = useQuery({
    queryKey: ['link', token],
    queryFn: () => account.openLink(token ?? ''),
    enabled: token !== undefined,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const opened = link.data?.setupNeeded === false;
  // biome-ignore lint/correctness/useExhaustiveDependencies: entering happens once, when the link has opened.
  useEffect(() => {
    if (opened) void enter();
  }, [opened]);
  if (token !== undefined && link.data?.setupNeeded) return <SetupForm token={token} />;
  return (
    <Gate title={say('link.title')}>
      {token === undefined ? (
        <p>{say('link.missing')}</p>
      ) : link.isError ? (
        <ErrorState error={link.error} />
      ) : (
        <LoadingState rows={3} />
      )}
      {(token === undefined || link.isError) && (
        <Link to="/sign-in" search={{}}>
          {say('link.toSignIn')}
        </Link>
      )}
    </Gate>
  );
}
