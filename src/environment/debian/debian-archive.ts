/** Debian's archives as snapshot mirrors name them. */
export type DebianArchive = 'debian' | 'debian-security';
