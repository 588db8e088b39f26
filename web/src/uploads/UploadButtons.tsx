/**
 * The two ways to choose what is uploaded: pictures, or a folder with all that is in it.
 *
 * @module
 */
import { FolderUp, ImageUp } from 'lucide-react';
import { type ChangeEvent, useCallback, useRef } from 'react';
import { useFovea } from '../api/fovea.tsx';
import { Button } from '../components/Button.tsx';
import { texts } from '../texts.ts';
import { startUpload } from './store.ts';

export function UploadButtons({ kind = 'plain' }: { readonly kind?: 'primary' | 'plain' }) {
  const { namespace } = useFovea();
  const pictures = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement | null>(null);
  // React knows no such attribute.
  const takeFolder = useCallback((input: HTMLInputElement | null) => {
    folder.current = input;
    if (input !== null) input.webkitdirectory = true;
  }, []);
  const upload = ({ target }: ChangeEvent<HTMLInputElement>): void => {
    startUpload(target.files ?? [], namespace);
    // The same choice again is a choice.
    target.value = '';
  };
  return (
    <>
      <Button kind={kind} onClick={() => pictures.current?.click()}>
        <ImageUp aria-hidden="true" />
        {texts.library.choosePictures}
      </Button>
      <Button onClick={() => folder.current?.click()}>
        <FolderUp aria-hidden="true" />
        {texts.library.chooseFolder}
      </Button>
      <input ref={pictures} type="file" multiple hidden aria-label={texts.library.choosePictures} onChange={upload} />
      <input ref={takeFolder} type="file" hidden aria-label={texts.library.chooseFolder} onChange={upload} />
    </>
  );
}
