export function RunsScreen() {
  return <p class="soft">This screen is being built.</p>;
}
