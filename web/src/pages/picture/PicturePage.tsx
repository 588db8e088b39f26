import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useFovea } from '../../api/fovea.tsx';
import { contentQuery } from '../../api/queries.ts';

const route = getRouteApi('/$namespace/picture/$contentId');

export function PicturePage() {
  const { contentId } = route.useParams();
  const { data } = useQuery(contentQuery(useFovea(), contentId));
  return <h1>{data?.name}</h1>;
}
