import { CloseOutlined, InboxOutlined } from '@ant-design/icons';
import { Button, Progress, Upload } from 'antd';
import { useWords } from '../i18n/words.ts';
import { errorSentence } from '../shell/errors.ts';
import { Panel } from '../shell/page.tsx';
import { sizeText } from './import-state.ts';
import type { UploadEntry } from './uploads.ts';

function FileState({ file }: { file: UploadEntry }) {
  const { say, language } = useWords();
  if (file.error) return <span className="import-error">{errorSentence(file.error, say, language)}</span>;
  if (file.fileId) return <span className="faint">{say('wizard.uploaded', { size: sizeText(file.sizeBytes) })}</span>;
  return (
    <Progress
      percent={Math.floor(file.share * 100)}
      size="small"
      aria-label={say('wizard.uploading', { name: file.name })}
    />
  );
}

interface FileStepProps {
  files: readonly UploadEntry[];
  ready: boolean;
  onAdd: (file: File) => void;
  onRemove: (key: string) => void;
  onNext: () => void;
}

/** Choose one or several files of the same kind. */
export function FileStep({ files, ready, onAdd, onRemove, onNext }: FileStepProps) {
  const { say } = useWords();
  return (
    <Panel>
      <Upload.Dragger
        multiple
        accept=".csv,.tsv,.txt,.xlsx"
        showUploadList={false}
        beforeUpload={(file) => {
          onAdd(file);
          return false;
        }}
        data-testid="import-file-input"
      >
        <p className="ant-upload-drag-icon">
          <InboxOutlined />
        </p>
        <p className="ant-upload-text">{say('wizard.drop')}</p>
        <p className="ant-upload-hint">{say('wizard.dropHint')}</p>
      </Upload.Dragger>
      <ul className="wizard-files" aria-live="polite">
        {files.map((file) => (
          <li key={file.key}>
            <span className="file-name">{file.name}</span>
            <span className="file-state">
              <FileState file={file} />
            </span>
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              aria-label={say('wizard.remove', { name: file.name })}
              onClick={() => onRemove(file.key)}
            />
          </li>
        ))}
      </ul>
      <div className="wizard-bar" style={{ marginTop: 16 }}>
        {files.length === 0 && <span className="faint">{say('wizard.noFiles')}</span>}
        <Button type="primary" disabled={!ready} onClick={onNext} data-testid="import-next">
          {say('wizard.next')}
        </Button>
      </div>
    </Panel>
  );
}
