import { linkTo, state } from '../state/store.ts';
import { SCREENS, type Screen } from '../state/table.ts';

/** Links to the five screens. Each has the whole state of the page in its address. */
export function Tabs({ titles }: { readonly titles: Readonly<Record<Screen, string>> }) {
  return (
    <nav aria-label="Screens">
      <ul>
        {SCREENS.map((screen) => (
          <li key={screen}>
            <a href={linkTo(screen)} aria-current={state.screen.value === screen ? 'page' : undefined}>
              {titles[screen]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
