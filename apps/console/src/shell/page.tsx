import { type ReactNode, useEffect } from 'react';
import { useWords } from '../i18n/words.ts';

interface PageProps {
  title: string;
  /** One sentence that says what the page answers. */
  sentence: string;
  /** Period and filters, in one row. */
  filters?: ReactNode;
  /** The primary action of the page. */
  action?: ReactNode;
  children: ReactNode;
}

export function Page(props: PageProps) {
  const { say } = useWords();
  const title = `${props.title} · ${say('app.name')}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <div className="page">
      <header className="page-head">
        <div className="page-words">
          <h1 data-testid="page-title">{props.title}</h1>
          <p>{props.sentence}</p>
        </div>
        {props.action && <div className="page-action">{props.action}</div>}
      </header>
      {props.filters && <div className="page-filters">{props.filters}</div>}
      {props.children}
    </div>
  );
}

/** A titled part of a page. */
export function Panel(props: {
  title?: string;
  sentence?: string;
  extra?: ReactNode;
  children: ReactNode;
  id?: string;
}) {
  return (
    <section className="panel" aria-label={props.title} id={props.id}>
      {(props.title || props.extra) && (
        <div className="panel-head">
          <div>
            {props.title && <h2>{props.title}</h2>}
            {props.sentence && <p>{props.sentence}</p>}
          </div>
          {props.extra && <div className="panel-extra">{props.extra}</div>}
        </div>
      )}
      {props.children}
    </section>
  );
}
