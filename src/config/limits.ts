import type { Config } from './index.ts';
import type { Group } from './setting.ts';
import { SETTINGS } from './settings.ts';

/** A form has a training file and perhaps a test file, and no setting changes that. */
const TWO_FILES = {
  bounds: 'files of an upload',
  limit: 2,
  default: 2,
  unit: 'count',
  status: 422,
  codes: ['unexpected_file'],
};

/** Every limit that a client can meet, as it is set and as it is by default. */
export function limitsOf(config: Config) {
  const values = config as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const limits = Object.entries<Group>(SETTINGS).flatMap(([group, { settings }]) =>
    Object.entries(settings).flatMap(([key, { name: setting, kind, default: usual, limits = [] }]) => {
      const shown = (value: unknown) => kind.shown?.(value) ?? (value as number);
      const numbers = {
        limit: shown(values[group]?.[key]),
        default: shown(usual),
        unit: kind.unit ?? 'count',
      };
      return limits.map(({ bounds, ...answer }) => ({ setting, bounds, ...numbers, ...answer }));
    }),
  );
  return [...limits, TWO_FILES];
}
