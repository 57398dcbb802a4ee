import { ImportOutlined } from '@ant-design/icons';
import type { Import } from '@tandem/server/schema/imports';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Progress, Table, type TableColumnsType } from 'antd';
import { useBrand } from '../access/brand-context.ts';
import { moment } from '../figures/date.ts';
import { whole } from '../figures/number.ts';
import { useWords } from '../i18n/words.ts';
import { Guard } from '../shell/layout.tsx';
import { Page, Panel } from '../shell/page.tsx';
import { EmptyState, Loaded } from '../shell/states.tsx';
import { ToneTag } from '../shell/tone-tag.tsx';
import { isOver, stateTones } from './import-state.ts';
import { usePresets } from './wizard-page.tsx';

function useColumns(): TableColumnsType<Import> {
  const { brand } = useBrand();
  const { say, language, both } = useWords();
  const presets = usePresets().data;
  const count = (name: 'read' | 'accepted' | 'duplicate' | 'rejected') => ({
    title: say(`imports.${name}`),
    dataIndex: name,
    align: 'right' as const,
    render: (value: number) => whole(value, language),
  });
  return [
    {
      title: say('imports.createdAt'),
      dataIndex: 'createdAt',
      width: 150,
      render: (at: string) => <span className="nowrap">{moment(at, brand.zone, false)}</span>,
    },
    {
      title: say('imports.preset'),
      width: 260,
      render: (_, one) => {
        const preset = presets?.find((each) => each.id === one.preset);
        return (
          <Link to="/imports/$importId" params={{ importId: one.id }} search={{}} className="nowrap">
            {preset ? both(preset.nameEn, preset.nameZh) : '…'}
          </Link>
        );
      },
    },
    { title: say('imports.files'), render: (_, one) => one.files.join(', '), ellipsis: true },
    {
      title: say('imports.state'),
      render: (_, one) => (
        <span className="nowrap">
          <ToneTag tone={stateTones[one.state]}>{say(`imports.state.${one.state}`)}</ToneTag>
          {one.dryRun && <ToneTag tone="watch">{say('imports.dryRunTag')}</ToneTag>}
          {!isOver(one.state) && <Progress percent={Math.floor(one.progress * 100)} size="small" />}
        </span>
      ),
    },
    count('read'),
    count('accepted'),
    count('duplicate'),
    count('rejected'),
    { title: say('imports.actor'), dataIndex: 'actor', ellipsis: true },
  ];
}

function List() {
  const { api, brand } = useBrand();
  const { say } = useWords();
  const columns = useColumns();
  const query = useQuery({
    queryKey: ['imports', brand.id],
    queryFn: async () => (await api.imports()).imports,
    refetchInterval: (state) => (state.state.data?.some((one) => !isOver(one.state)) ? 1500 : false),
  });
  const start = (
    <Link to="/imports/new" search={{}}>
      <Button type="primary" icon={<ImportOutlined />} data-testid="import-new">
        {say('imports.new')}
      </Button>
    </Link>
  );
  const none = query.data?.length === 0;
  return (
    <Page title={say('imports.title')} sentence={say('imports.sentence')} action={none ? undefined : start}>
      <Panel>
        <Loaded query={query} rows={6}>
          {(imports) =>
            imports.length === 0 ? (
              <EmptyState title={say('imports.none')} hint={say('imports.noneHint')} actions={start} />
            ) : (
              <Table
                size="small"
                rowKey="id"
                columns={columns}
                dataSource={imports}
                scroll={{ x: 1180 }}
                pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
              />
            )
          }
        </Loaded>
      </Panel>
    </Page>
  );
}

/** All imports, newest first. */
export function ImportsPage() {
  return (
    <Guard needs="imports.run">
      <List />
    </Guard>
  );
}
