import './api/zod.ts';
import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './design/base.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/query-client.ts';
import { router } from './router.tsx';
import { applyTheme, storedTheme } from './state/theme.ts';

applyTheme(storedTheme());

const root = document.querySelector('#root');
if (root === null) throw new Error('The page lacks the element #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
