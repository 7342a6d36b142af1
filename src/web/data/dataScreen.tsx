export function DataScreen() {
  return <p class="soft">This screen is being built.</p>;
}
