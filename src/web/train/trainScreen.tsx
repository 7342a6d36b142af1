export function TrainScreen() {
  return <p class="soft">This screen is being built.</p>;
}
