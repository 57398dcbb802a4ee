import { ReloadOutlined } from '@ant-design/icons';
import { Alert, Button, Skeleton } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { ApiError } from '../api-request.ts';
import { useWords } from '../i18n/words.ts';
import { errorSentence } from './errors.ts';

/** What happened and what to do, with a way to try again. */
export function ErrorState(props: { error: unknown; onRetry?: () => void }) {
  const { say, language } = useWords();
  // The number of a request helps to find our own faults in the log; a refusal says all there is to say.
  const { error } = props;
  const requestId = error instanceof ApiError && error.status >= 500 ? error.requestId : undefined;
  return (
    <Alert
      type="error"
      showIcon
      title={errorSentence(props.error, say, language)}
      description={
        requestId && !errorSentence(error, say, language).includes(requestId) ? (
          <span className="faint">{say('error.request', { id: requestId })}</span>
        ) : undefined
      }
      action={
        props.onRetry && (
          <Button size="small" icon={<ReloadOutlined />} onClick={props.onRetry}>
            {say('state.retry')}
          </Button>
        )
      }
    />
  );
}

/** Skeleton of a panel; says what is going on once it lasts longer than a second. */
export function LoadingState(props: { rows?: number }) {
  const { say } = useWords();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 1000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div aria-busy="true" aria-live="polite">
      <Skeleton active title={false} paragraph={{ rows: props.rows ?? 4 }} />
      <span className={slow ? 'faint' : 'sr-only'}>{say(slow ? 'state.slow' : 'state.loading')}</span>
    </div>
  );
}

/** Nothing here, why, and what to do next. */
export function EmptyState(props: { title: string; hint?: ReactNode; actions?: ReactNode; compact?: boolean }) {
  return (
    <div className={props.compact ? 'empty empty-compact' : 'empty'}>
      <div className="empty-title">{props.title}</div>
      {props.hint && <div className="empty-hint">{props.hint}</div>}
      {props.actions && <div className="empty-actions">{props.actions}</div>}
    </div>
  );
}

interface Loadable<T> {
  data: T | undefined;
  isPending: boolean;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
}

/** The three states of a query in one place: skeleton, error with retry, the answer. */
export function Loaded<T>(props: { query: Loadable<T>; rows?: number; children: (data: T) => ReactNode }) {
  const { query } = props;
  if (query.data !== undefined) return props.children(query.data);
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return <LoadingState {...(props.rows === undefined ? {} : { rows: props.rows })} />;
}
