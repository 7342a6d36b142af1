const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/**
 * Returns the local time as Python's `time.ctime()` writes it, with a dash for each space.
 * Examples: `Mon-Nov-23-01:49:33-2026`, and `Sun-Nov--1-09:05:00-2026`, because C pads the day with a space.
 */
export function ctime(date: Date = new Date()): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = String(date.getDate()).padStart(2, '-');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${DAYS[date.getDay()]}-${MONTHS[date.getMonth()]}-${day}-${clock}-${date.getFullYear()}`;
}
