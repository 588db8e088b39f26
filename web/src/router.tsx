/**
 * Addresses of the page. Whatever a page shows is in its address, so that it can be shared and gone back to.
 *
 *     /ui/<namespace>              search
 *     /ui/<namespace>/picture/…    one picture
 *     /ui/<namespace>/library · /sql · /pipelines
 *
 * @module
 */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { DEFAULT_NAMESPACE } from 'fovea/client';
import { PageError, PageNotFound } from './shell/PageError.tsx';
import { Shell } from './shell/Shell.tsx';
import { parseLibraryParams } from './pages/library/params.ts';
import { parsePipelinesParams } from './pages/pipelines/params.ts';
import { parseSearchParams } from './pages/search/params.ts';
import { SearchPage } from './pages/search/SearchPage.tsx';
import { parseSqlParams } from './pages/sql/params.ts';

const rootRoute = createRootRoute({ component: Outlet, errorComponent: PageError, notFoundComponent: PageNotFound });

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/$namespace', params: { namespace: DEFAULT_NAMESPACE } });
  },
});

const namespaceRoute = createRoute({ getParentRoute: () => rootRoute, path: '/$namespace', component: Shell });

const searchRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: '/',
  validateSearch: parseSearchParams,
  component: SearchPage,
});

const pictureRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: '/picture/$contentId',
  // The search that the picture was found by, so that arrows go through its hits.
  validateSearch: parseSearchParams,
  component: lazyRouteComponent(() => import('./pages/picture/PicturePage.tsx'), 'PicturePage'),
});

const libraryRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: '/library',
  validateSearch: parseLibraryParams,
  component: lazyRouteComponent(() => import('./pages/library/LibraryPage.tsx'), 'LibraryPage'),
});

const sqlRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: '/sql',
  validateSearch: parseSqlParams,
  component: lazyRouteComponent(() => import('./pages/sql/SqlPage.tsx'), 'SqlPage'),
});

const pipelinesRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: '/pipelines',
  validateSearch: parsePipelinesParams,
  component: lazyRouteComponent(() => import('./pages/pipelines/PipelinesPage.tsx'), 'PipelinesPage'),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    homeRoute,
    namespaceRoute.addChildren([searchRoute, pictureRoute, libraryRoute, sqlRoute, pipelinesRoute]),
  ]),
  basepath: '/ui',
  defaultErrorComponent: PageError,
  defaultNotFoundComponent: PageNotFound,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
