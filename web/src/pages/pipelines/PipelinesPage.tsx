import { texts } from '../../texts.ts';

export function PipelinesPage() {
  return <h1>{texts.menu.pipelines}</h1>;
}
