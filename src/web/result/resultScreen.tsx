export function ResultScreen() {
  return <p class="soft">This screen is being built.</p>;
}
