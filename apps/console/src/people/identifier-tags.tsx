import type { Identifier } from '@tandem/server/schema/people';
import { Tag } from 'antd';
import { useWords } from '../i18n/words.ts';
import { namespaceName } from './person-words.ts';

/** Identifiers as tags; beyond a limit only how many more there are. */
export function IdentifierTags(props: { identifiers: readonly Identifier[]; limit?: number }) {
  const { say } = useWords();
  const limit = props.limit ?? props.identifiers.length;
  const more = props.identifiers.length - limit;
  return (
    <span className="ids">
      {props.identifiers.slice(0, limit).map((one) => (
        <Tag key={`${one.namespace}:${one.value}`}>
          {namespaceName(say, one.namespace)} {one.value}
        </Tag>
      ))}
      {more > 0 && <Tag>+{more}</Tag>}
    </span>
  );
}
