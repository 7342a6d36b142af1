/** The part of newman that the tests use. The package has no types. */
declare module 'newman' {
  interface Summary {
    readonly run: {
      readonly executions: readonly {
        readonly item: { readonly name: string };
        readonly response?: { readonly code: number };
      }[];
      readonly failures: readonly { readonly error: Error; readonly source: { readonly name: string } }[];
    };
  }
  export function run(
    options: Readonly<Record<string, unknown>>,
    done: (error: Error | null, summary: Summary) => void,
  ): void;
}
