/** Placeholder of the passes. */
export function passesVersion(): i32 {
  return 1;
}
