declare const PACKAGE_VERSION: string | undefined;

/** Of this release; the bundler puts it in. */
export const toolVersion = typeof PACKAGE_VERSION === 'string' ? PACKAGE_VERSION : '0.0.0-source';
