import { texts } from '../../texts.ts';

export function SqlPage() {
  return <h1>{texts.menu.sql}</h1>;
}
