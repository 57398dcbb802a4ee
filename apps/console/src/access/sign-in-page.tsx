import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import { account } from '../api.ts';
import { useWords } from '../i18n/words.ts';
import { ErrorState } from '../shell/states.tsx';
import { Gate } from './gate.tsx';
import { meKey } from './session.ts';

const route = getRouteApi('/sign-in');

/** Only a path of this console may follow sign-in, never another site. */
export function safeNext(next: string | undefined): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.startsWith('/\\') ? next : '/';
}

export function SignInPage() {
  const { say } = useWords();
  const { next } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  const signIn = useMutation({
    mutationFn: account.signIn,
    onSuccess: async () => {
      await queries.resetQueries({ queryKey: meKey });
      router.history.push(safeNext(next));
    },
  });
  return (
    <Gate title={say('signIn.title')} sentence={say('signIn.sentence')}>
      {signIn.isError && <ErrorState error={signIn.error} />}
      <Form
        layout="vertical"
        requiredMark={false}
        onFinish={(values: { email: string; password: string }) =>
          signIn.mutate({ email: values.email.trim(), password: values.password })
        }
      >
        <Form.Item
          name="email"
          label={say('signIn.email')}
          rules={[
            { required: true, message: say('signIn.emailNeeded') },
            { pattern: /^\s*[^\s@]+@[^\s@]+\s*$/, message: say('signIn.emailWrong') },
          ]}
        >
          <Input size="large" autoComplete="username" inputMode="email" autoFocus data-testid="sign-in-email" />
        </Form.Item>
        <Form.Item
          name="password"
          label={say('signIn.password')}
          rules={[{ required: true, message: say('signIn.passwordNeeded') }]}
        >
          <Input.Password size="large" autoComplete="current-password" data-testid="sign-in-password" />
        </Form.Item>
        <Button
          type="primary"
          size="large"
          htmlType="submit"
          block
          loading={signIn.isPending}
          data-testid="sign-in-submit"
        >
          {say('signIn.submit')}
        </Button>
      </Form>
      <p className="faint" style={{ marginTop: 16 }}>
        {say('signIn.firstTime')}
      </p>
    </Gate>
  );
}
