import { useCallback, useEffect, useRef, useState } from 'react';
import { useBrand } from '../access/brand-context.ts';
import { uploadFile } from '../api-request.ts';

/** A file on its way to the server, or there. */
export interface UploadEntry {
  key: string;
  name: string;
  sizeBytes: number;
  share: number;
  fileId: string | null;
  error: unknown;
}

/** Uploads files as they are chosen; each can be taken away again, also while it is on its way. */
export function useUploads() {
  const { brand } = useBrand();
  const [files, setFiles] = useState<UploadEntry[]>([]);
  const aborts = useRef(new Map<string, AbortController>());
  useEffect(() => {
    const running = aborts.current;
    return () => {
      for (const abort of running.values()) abort.abort();
    };
  }, []);
  const add = useCallback(
    (file: File) => {
      const key = crypto.randomUUID();
      const abort = new AbortController();
      aborts.current.set(key, abort);
      const change = (part: Partial<UploadEntry>) =>
        setFiles((all) => all.map((one) => (one.key === key ? { ...one, ...part } : one)));
      setFiles((all) => [...all, { key, name: file.name, sizeBytes: file.size, share: 0, fileId: null, error: null }]);
      uploadFile(brand.id, file, (share) => change({ share }), abort.signal)
        .then((upload) => change({ share: 1, fileId: upload.fileId, sizeBytes: upload.sizeBytes }))
        .catch((error: unknown) => change({ error }))
        .finally(() => aborts.current.delete(key));
    },
    [brand.id],
  );
  const remove = useCallback((key: string) => {
    aborts.current.get(key)?.abort();
    setFiles((all) => all.filter((one) => one.key !== key));
  }, []);
  const ready = files.length > 0 && files.every((one) => one.fileId !== null);
  const fileIds = files.flatMap((one) => (one.fileId === null ? [] : [one.fileId]));
  return { files, add, remove, ready, fileIds };
}
