/** The package's version. The build replaces this expression with it. */
export const version: string = process.env.MOEPLAN_VERSION ?? 'development';
