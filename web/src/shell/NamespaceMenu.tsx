/**
 * Which library is shown, where the server has several.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useFovea } from '../api/fovea.tsx';
import { namespacesQuery } from '../api/queries.ts';
import { Choice } from '../components/Choice.tsx';
import { texts } from '../texts.ts';

export function NamespaceMenu() {
  const fovea = useFovea();
  const navigate = useNavigate();
  const { data = [] } = useQuery(namespacesQuery(fovea));
  const names = data.includes(fovea.namespace) ? data : [...data, fovea.namespace];
  if (names.length < 2) return null;
  return (
    <Choice
      label={texts.namespace.label}
      value={fovea.namespace}
      options={names.map((name) => ({ value: name, text: name }))}
      onChange={(namespace) => void navigate({ to: '/$namespace', params: { namespace } })}
    />
  );
}
