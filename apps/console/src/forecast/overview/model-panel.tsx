import { DownloadOutlined, InboxOutlined } from '@ant-design/icons';
import type { Finding, Model, ModelDiff } from '@tandem/server/schema/forecast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Alert, App, Button, Input, Radio, Select, Upload } from 'antd';
import { useState } from 'react';
import { useBrand } from '../../access/brand-context.ts';
import { fetchFile } from '../../api-request.ts';
import { download } from '../../figures/csv.ts';
import { moment } from '../../figures/date.ts';
import { useWords } from '../../i18n/words.ts';
import { errorSentence } from '../../shell/errors.ts';
import { Panel } from '../../shell/page.tsx';
import { ErrorState, Loaded } from '../../shell/states.tsx';
import { ToneTag } from '../../shell/tone-tag.tsx';
import { useLab } from '../lab-context.ts';
import { useLabApi } from '../lab-data.ts';

const route = getRouteApi('/app/model');

function Findings({ findings }: { findings: readonly Finding[] }) {
  const { say, both } = useWords();
  const shown = findings.slice(0, 20);
  return (
    <ul className="findings">
      {shown.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: findings may be equal to the letter; the list never changes order.
        <li key={index}>
          <ToneTag tone={one.severity === 'error' ? 'act' : 'watch'}>{say(`lab.finding.${one.severity}`)}</ToneTag>
          <span>
            {both(one.text.en, one.text.zh)}
            <span className="faint">
              {one.variable && ` ${one.variable}`}
              {one.place && ` ${say('lab.finding.place', { line: one.place.line, column: one.place.column })}`}
            </span>
          </span>
        </li>
      ))}
      {findings.length > shown.length && (
        <li className="faint">{say('lab.finding.more', { n: findings.length - shown.length })}</li>
      )}
    </ul>
  );
}

interface Chosen {
  fileName: string;
  xmile: string;
}

/** Keeps a checked file as a new model, or as the next version of the open one. */
function Keep({ chosen, onKept }: { chosen: Chosen; onKept: (model: Model) => void }) {
  const { model } = useLab();
  const api = useLabApi();
  const { say, language } = useWords();
  const { message } = App.useApp();
  const own = model.origin === 'upload';
  const [as, setAs] = useState<'new' | 'version'>(own ? 'version' : 'new');
  const [name, setName] = useState(chosen.fileName.replace(/\.[^.]+$/, ''));
  const [note, setNote] = useState('');
  const keep = useMutation({
    mutationFn: () =>
      as === 'version'
        ? api.addVersion(model.id, { xmile: chosen.xmile, note })
        : // A model that has the template's variables can be fitted at once; what it lacks is named.
          api.addModel({ name, xmile: chosen.xmile, note, setup: model.setup }),
    onSuccess: onKept,
    onError: (error) => message.error(errorSentence(error, say, language)),
  });
  return (
    <div className="stack-8">
      {own && (
        <Radio.Group
          value={as}
          onChange={(event) => setAs(event.target.value)}
          options={[
            { value: 'version', label: say('lab.upload.asVersion', { name: model.name }) },
            { value: 'new', label: say('lab.upload.asNew') },
          ]}
        />
      )}
      {as === 'new' && (
        <Input
          value={name}
          maxLength={120}
          aria-label={say('lab.upload.name')}
          placeholder={say('lab.upload.name')}
          onChange={(event) => setName(event.target.value)}
        />
      )}
      <Input
        value={note}
        maxLength={2_000}
        aria-label={say('lab.upload.note')}
        placeholder={say('lab.upload.note')}
        onChange={(event) => setNote(event.target.value)}
      />
      <div className="wizard-bar">
        <Button
          type="primary"
          loading={keep.isPending}
          disabled={as === 'new' && name.trim() === ''}
          onClick={() => keep.mutate()}
          data-testid="model-keep"
        >
          {say('lab.upload.keep')}
        </Button>
      </div>
    </div>
  );
}

function UploadModel({ onKept }: { onKept: (model: Model) => void }) {
  const api = useLabApi();
  const { say } = useWords();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const check = useMutation({ mutationFn: (xmile: string) => api.checkModel(xmile) });
  const take = (file: File) => {
    void file.text().then((xmile) => {
      setChosen({ fileName: file.name, xmile });
      check.mutate(xmile);
    });
    return false;
  };
  const errors = check.data?.findings.filter((one) => one.severity === 'error').length ?? 0;
  return (
    <div className="stack-8">
      <Upload.Dragger
        accept=".xmile,.stmx,.itmx,.xml"
        showUploadList={false}
        beforeUpload={take}
        data-testid="model-file"
      >
        <p className="ant-upload-drag-icon">
          <InboxOutlined />
        </p>
        <p className="ant-upload-text">{say('lab.upload.drop')}</p>
        <p className="ant-upload-hint">{say('lab.upload.hint')}</p>
      </Upload.Dragger>
      {check.isError && <ErrorState error={check.error} />}
      {check.isPending && <p className="faint">{say('lab.upload.checking')}</p>}
      {check.data && chosen && (
        <>
          <Alert
            type={errors > 0 ? 'error' : check.data.findings.length > 0 ? 'warning' : 'success'}
            showIcon
            title={say(
              errors > 0
                ? 'lab.upload.errors'
                : check.data.findings.length > 0
                  ? 'lab.upload.warnings'
                  : 'lab.upload.fine',
              { name: chosen.fileName, n: check.data.findings.length },
            )}
          />
          <Findings findings={check.data.findings} />
          {check.data.runs && <Keep key={chosen.xmile} chosen={chosen} onKept={onKept} />}
        </>
      )}
    </div>
  );
}

function DiffList({ diff }: { diff: ModelDiff }) {
  const { say } = useWords();
  const same = diff.added.length + diff.removed.length + diff.changed.length + diff.setup.length === 0;
  if (same) return <p className="faint">{say('lab.diff.same')}</p>;
  return (
    <div className="diff">
      {diff.added.length > 0 && <p>{say('lab.diff.added', { names: diff.added.join(', ') })}</p>}
      {diff.removed.length > 0 && <p>{say('lab.diff.removed', { names: diff.removed.join(', ') })}</p>}
      {diff.changed.map((one) => (
        <div key={`${one.variable} ${one.what}`}>
          <div>
            {one.variable} <span className="faint">{say(`lab.diff.${one.what}`)}</span>
          </div>
          <pre className="code">{`− ${one.before}\n+ ${one.after}`}</pre>
        </div>
      ))}
      {diff.setup.map((one) => (
        <div key={one.path}>
          <div>
            {one.path} <span className="faint">{say('lab.diff.setup')}</span>
          </div>
          <pre className="code">{`− ${one.before ?? ''}\n+ ${one.after ?? ''}`}</pre>
        </div>
      ))}
    </div>
  );
}

function Versions() {
  const { model } = useLab();
  const api = useLabApi();
  const { brand } = useBrand();
  const { say } = useWords();
  const navigate = route.useNavigate();
  const [against, setAgainst] = useState<number | null>(null);
  const shown = model.version.number;
  const diff = useQuery({
    queryKey: ['lab-diff', brand.id, model.id, against, shown],
    queryFn: () => api.diff(model.id, against ?? shown, shown),
    enabled: against !== null,
  });
  const options = [...model.versions]
    .sort((a, b) => b.number - a.number)
    .map((one) => ({
      value: one.number,
      label: [
        say('lab.version', { n: one.number }),
        // A template has no date of its own: it is as old as the server.
        ...(model.origin === 'template' ? [] : [moment(one.createdAt, brand.zone, false)]),
        ...(one.note === '' ? [] : [one.note]),
      ].join(' · '),
    }));
  return (
    <div className="stack-8">
      <div className="form-row">
        <Select
          className="grow"
          aria-label={say('lab.versions')}
          value={shown}
          options={options}
          onChange={(version) => void navigate({ search: (before) => ({ ...before, version }) })}
        />
        {options.length > 1 && (
          <Select
            className="grow"
            aria-label={say('lab.diff.against')}
            placeholder={say('lab.diff.against')}
            value={against}
            allowClear
            options={options.filter((one) => one.value !== shown)}
            onChange={(value) => setAgainst(value ?? null)}
          />
        )}
      </div>
      {against !== null && <Loaded query={diff}>{(data) => <DiffList diff={data} />}</Loaded>}
      {model.findings.length > 0 && <Findings findings={model.findings} />}
    </div>
  );
}

/** Saves the file of the version that is shown. */
function Download() {
  const { model } = useLab();
  const { brand } = useBrand();
  const { say, language } = useWords();
  const { message } = App.useApp();
  const load = useMutation({
    mutationFn: () =>
      fetchFile(brand.id, `/models/${encodeURIComponent(model.id)}/xmile?version=${model.version.number}`),
    onSuccess: (blob) => download(`${model.name}-${model.version.number}.xmile`, blob),
    onError: (error) => message.error(errorSentence(error, say, language)),
  });
  return (
    <Button size="small" icon={<DownloadOutlined />} loading={load.isPending} onClick={() => load.mutate()}>
      {say('lab.file.download')}
    </Button>
  );
}

/** The file behind the model: its versions, what changed between them, and one's own. */
export function ModelPanel() {
  const { model } = useLab();
  const { brand, can } = useBrand();
  const { say, both } = useWords();
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const kept = (saved: Model) => {
    void queries.invalidateQueries({ queryKey: ['lab-models', brand.id] });
    void queries.invalidateQueries({ queryKey: ['lab-model', brand.id] });
    void navigate({ search: { tab: 'overview', model: saved.id } });
  };
  return (
    <Panel
      title={say('lab.file.title')}
      sentence={say(model.origin === 'template' ? 'lab.file.template' : 'lab.file.own', {
        name: both(model.name, model.nameZh),
        stocks: model.variables.filter((one) => one.kind === 'stock').length,
        variables: model.variables.length,
      })}
      extra={<Download />}
    >
      <div className="stack">
        <Versions />
        {can('forecast.run') && <UploadModel onKept={kept} />}
      </div>
    </Panel>
  );
}
