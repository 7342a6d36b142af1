export function PredictScreen() {
  return <p class="soft">This screen is being built.</p>;
}
