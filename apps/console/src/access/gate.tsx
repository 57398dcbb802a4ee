import { type ReactNode, useEffect } from 'react';
import { useWords } from '../i18n/words.ts';
import { LanguageSwitch } from '../shell/header.tsx';
import { Mark } from '../shell/mark.tsx';
import { colors } from '../theme.ts';
import './access.css';

function Strands() {
  return (
    <svg viewBox="0 0 440 220" fill="none" strokeWidth="10" strokeLinecap="round" aria-hidden="true">
      <path d="M8 160C58 160 64 60 114 60s56 100 106 100 56-100 106-100 56 100 106 100" stroke={colors.community} />
      <path d="M8 60c50 0 56 100 106 100s56-100 106-100 56 100 106 100 56-100 106-100" stroke={colors.live} />
      <circle cx="61" cy="110" r="9" fill={colors.joined} />
      <circle cx="167" cy="110" r="9" fill={colors.joined} />
      <circle cx="273" cy="110" r="9" fill={colors.joined} />
      <circle cx="379" cy="110" r="9" fill={colors.joined} />
    </svg>
  );
}

/** The frame of the pages before sign-in. */
export function Gate(props: { title: string; sentence?: string; children: ReactNode }) {
  const { say } = useWords();
  const title = `${props.title} · ${say('app.name')}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <div className="gate">
      <div className="gate-strands">
        <Strands />
        <div className="gate-words">{say('signIn.sentence')}</div>
      </div>
      <div className="gate-side">
        <div className="gate-top">
          <LanguageSwitch />
        </div>
        <main className="gate-form">
          <Mark size={36} />
          <h1 data-testid="page-title">{props.title}</h1>
          <p>{props.sentence}</p>
          {props.children}
        </main>
      </div>
    </div>
  );
}
