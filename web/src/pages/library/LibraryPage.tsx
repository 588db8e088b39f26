import { texts } from '../../texts.ts';

export function LibraryPage() {
  return <h1>{texts.menu.library}</h1>;
}
