/**
 * Light, dark, or as the system has it.
 *
 * @module
 */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const PLACE = 'fovea.theme';

export function storedTheme(): Theme {
  const stored = localStorage.getItem(PLACE);
  return THEMES.find((theme) => theme === stored) ?? 'system';
}

export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  localStorage.setItem(PLACE, theme);
}
