/** What other packages may use of the CLI. The generator stands apart, at `@selfsame/cli/simulate`. */
export { main } from './main.ts';
