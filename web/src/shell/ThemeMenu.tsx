/**
 * Light, dark, or as the system has it.
 *
 * @module
 */
import { Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { Choice } from '../components/Choice.tsx';
import { applyTheme, storedTheme, THEMES } from '../state/theme.ts';
import { texts } from '../texts.ts';

const ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

export function ThemeMenu() {
  const [theme, setTheme] = useState(storedTheme);
  const Icon = ICONS[theme];
  return (
    <Choice
      label={texts.theme.label}
      value={theme}
      options={THEMES.map((value) => ({ value, text: texts.theme[value] }))}
      onChange={(value) => {
        applyTheme(value);
        setTheme(value);
      }}
      icon={<Icon aria-hidden="true" />}
      iconOnly
    />
  );
}
