/** The package's version; the build writes it into the bundles in place of this expression. */
export const version: string = process.env.MOEPLAN_VERSION ?? 'development';
