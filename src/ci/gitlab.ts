import type { CiWish } from './workflow.ts';
import { headOf, imageOf, quoted } from './workflow.ts';

/**
 * Jobs for GitLab, in the image of the lock by its digest: one that fetches, with the network and nothing of the project
 * running, and one that builds. A job cannot be given a box or be cut off from the network by this file; where the runner
 * lets a job make a network of its own the build has none, and else it says so in its log.
 */
export function gitlabWorkflow(wish: CiWish): string {
  const folder = wish.workspace === '' ? '$CI_PROJECT_DIR' : `$CI_PROJECT_DIR/${wish.workspace}`;
  const lock = [wish.workspace, 'Cargo.lock'].filter((part) => part !== '').join('/');
  const kept = '$CI_PROJECT_DIR/.cargo-boxed';
  return `${headOf('gitlab', wish)}.cargo-boxed:
  image:
    name: ${quoted(imageOf(wish))}
    entrypoint: ['']
  variables:
    CARGO_HOME: ${quoted(`${kept}/cargo`)}
    CARGO_TARGET_DIR: /box/target/out
  before_script:
    - cd "${folder}"

cargo-boxed-fetch:
  extends: .cargo-boxed
  stage: .pre
  script:
    - cargo fetch --locked
    - mkdir -p "$CARGO_HOME" && touch "$CARGO_HOME/fetched"
  artifacts:
    paths: [.cargo-boxed/cargo]
    exclude: [.cargo-boxed/cargo/registry/src/**/*]
    expire_in: 1 day

cargo-boxed-build:
  extends: .cargo-boxed
  stage: build
  needs: [cargo-boxed-fetch]
  variables:
    CARGO_NET_OFFLINE: 'true'
  cache:
    key:
      files: [${quoted(lock)}]
      prefix: ${quoted(`cargo-boxed-${wish.digest.slice('sha256:'.length, 'sha256:'.length + 12)}`)}
    paths: [.cargo-boxed/target.tar]
  script:
    # The clocks of the files are kept to the nanosecond, which the cache of GitLab alone does not.
    - if test -f ${kept}/target.tar; then tar -C /box/target -xf ${kept}/target.tar; fi
    - alone=''; if unshare --user --map-current-user --net true 2> /dev/null; then alone='unshare --user --map-current-user --net'; else echo 'This runner lets no job give up its network; the build has it.'; fi
    - $alone cargo build --locked --offline
    - $alone cargo test --locked --offline
    - tar --format=posix -C /box/target -cf ${kept}/target.tar out
`;
}
