/** What a registry answered. Header names are lower case. */
export interface RegistryReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** At most 4 MiB: manifests are bounded so by the distribution specification. */
  readonly body: string;
}
