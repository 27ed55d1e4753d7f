import type { CiWish } from './workflow.ts';
import { headOf, imageOf, quoted } from './workflow.ts';

/** Actions by the commits that they are pinned to. */
export type Actions = Readonly<
  Record<
    'checkout' | 'setup-node' | 'cache-restore' | 'cache-save',
    { readonly action: string; readonly commit: string; readonly version: string }
  >
>;

/**
 * A workflow for GitHub: the tool and its walls as on a laptop, in the image of the lock. What fetches has the network
 * and runs nothing of the project; what builds is in a box without one. A cache is kept only of what was merged, so no
 * pull request leaves anything for other builds.
 */
export function githubWorkflow(wish: CiWish, actions: Actions): string {
  const uses = (name: keyof Actions) => {
    const { action, commit, version } = actions[name];
    return `uses: ${action}@${commit} # ${version}`;
  };
  const folder =
    wish.workspace === '' ? '' : `    defaults:\n      run:\n        working-directory: ${quoted(wish.workspace)}\n`;
  const [own, locked] = [hashed(wish.workspace, 'cargo-boxed.lock'), hashed(wish.workspace, 'Cargo.lock')];
  const key = `cargo-boxed-\${{ hashFiles(${own}) }}-`;
  const archive = `\${{ runner.temp }}/cargo-boxed-cache.tar`;
  return `${headOf('github', wish)}name: cargo-boxed
on:
  push:
  pull_request:
permissions:
  contents: read
env:
  CARGO_BOXED_ENGINE: docker
  CARGO_BOXED_ENVIRONMENT: image
  CARGO_BOXED_IMAGE: ${quoted(imageOf(wish))}
  CARGO_BOXED_TOOLCHAIN: image
  CARGO_BOXED_PINNED: 'true'
jobs:
  build:
    runs-on: ubuntu-24.04
    timeout-minutes: 60
${folder}    steps:
      - ${uses('checkout')}
        with:
          persist-credentials: false
      - ${uses('setup-node')}
        with:
          node-version: '22'
      - name: Install the tool
        working-directory: \${{ runner.temp }}
        run: npm install --global --ignore-scripts --no-audit --no-fund ${quoted(wish.tool)}
      - id: cache
        ${uses('cache-restore')}
        with:
          path: ${archive}
          key: ${key}\${{ hashFiles(${locked}) }}-\${{ github.run_id }}
          restore-keys: |
            ${key}\${{ hashFiles(${locked}) }}-
            ${key}
      - name: Take over what the last run had
        run: cargo-boxed cache import "$RUNNER_TEMP/cargo-boxed-cache.tar"
      - name: Fetch (the network, and nothing of the project runs)
        run: cargo-boxed fetch --locked
      - name: Build (in the box, without a network)
        run: cargo-boxed build --locked --offline
      - name: Test (in the box, without a network)
        run: cargo-boxed test --locked --offline
      - name: Keep what was fetched and built
        if: github.event_name == 'push'
        run: cargo-boxed cache export "$RUNNER_TEMP/cargo-boxed-cache.tar"
      - if: github.event_name == 'push'
        ${uses('cache-save')}
        with:
          path: ${archive}
          key: \${{ steps.cache.outputs.cache-primary-key }}
`;
}

function hashed(workspace: string, file: string): string {
  return `'${[workspace, file].filter((part) => part !== '').join('/')}'`;
}
